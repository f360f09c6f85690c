<#
.SYNOPSIS
    Registers B2Cal Desktop in your organisation's Entra ID and approves it for everybody, or does so anew.

.DESCRIPTION
    Makes a public client (no secret, nothing that expires) that may read the signed-in person's own calendar, and
    writes the lines for policy.toml. Run it again at any time: an app of the same name is brought up to date.

    Needs PowerShell 7 or Windows PowerShell 5.1, the module Microsoft.Graph.Applications and
    Microsoft.Graph.Identity.SignIns, and an account with the role Cloud Application Administrator.

.PARAMETER Permission
    Calendars.ReadBasic reads time, subject, place and status. Calendars.Read also covers what B2Cal Desktop never asks
    for; choose it only if subjects do not come through.

.PARAMETER MailboxSettings
    Also lets the program read the mailbox's own time zone and working hours.

.PARAMETER Broker
    Also registers the redirect that Windows' own account broker needs.

.PARAMETER Environment
    Global, USGov, USGovDoD or China.

.EXAMPLE
    ./register-app.ps1 -MailboxSettings | Set-Content policy.toml
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Name = 'B2Cal Desktop',
    [ValidateSet('Calendars.ReadBasic', 'Calendars.Read')] [string] $Permission = 'Calendars.ReadBasic',
    [switch] $MailboxSettings,
    [switch] $Broker,
    [ValidateSet('Global', 'USGov', 'USGovDoD', 'China')] [string] $Environment = 'Global'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$GraphAppId = '00000003-0000-0000-c000-000000000000'

# What was just made is not known everywhere in the directory at once.
function Wait-ForDirectory([scriptblock] $Attempt) {
    foreach ($count in 1..10) {
        try { return & $Attempt }
        catch {
            if ($count -eq 10) { throw }
            Start-Sleep -Seconds 3
        }
    }
}

Import-Module 'Microsoft.Graph.Applications', 'Microsoft.Graph.Identity.SignIns'
$rights = 'Application.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All'
Connect-MgGraph -Environment $Environment -Scopes $rights -NoWelcome
$tenant = (Get-MgContext).TenantId

# Permissions are looked up by name, so that no id here can be wrong.
$graph = Get-MgServicePrincipal -Filter "appId eq '$GraphAppId'"
$wanted = @('openid', 'profile', 'offline_access', 'User.Read', $Permission)
if ($MailboxSettings) { $wanted += 'MailboxSettings.Read' }
$access = foreach ($value in $wanted) {
    $scope = $graph.Oauth2PermissionScopes | Where-Object Value -EQ $value
    if (-not $scope) { throw "Microsoft Graph has no delegated permission named $value in this cloud." }
    @{ Id = $scope.Id; Type = 'Scope' }
}

$found = @(Get-MgApplication -Filter "displayName eq '$($Name.Replace("'", "''"))'")
if ($found.Count -gt 1) { throw "There are $($found.Count) apps named $Name. Remove or rename the others first." }
if (-not $PSCmdlet.ShouldProcess("$Name in $tenant", 'register and approve')) { return }

$app = if ($found) { $found[0] } else { New-MgApplication -DisplayName $Name -SignInAudience AzureADMyOrg }
$redirects = @('http://localhost')
if ($Broker) { $redirects += "ms-appx-web://microsoft.aad.brokerplugin/$($app.AppId)" }
Update-MgApplication -ApplicationId $app.Id -SignInAudience AzureADMyOrg -IsFallbackPublicClient:$true `
    -PublicClient @{ RedirectUris = $redirects } `
    -RequiredResourceAccess @(@{ ResourceAppId = $GraphAppId; ResourceAccess = @($access) })

$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"
if (-not $principal) { $principal = Wait-ForDirectory { New-MgServicePrincipal -AppId $app.AppId } }

# One grant for everybody: the same as "Grant admin consent" in the portal.
$grant = Get-MgOauth2PermissionGrant -All -Filter "clientId eq '$($principal.Id)' and consentType eq 'AllPrincipals'" |
    Where-Object ResourceId -EQ $graph.Id
if ($grant) {
    $change = @{ OAuth2PermissionGrantId = $grant.Id; Scope = $wanted -join ' ' }
    Update-MgOauth2PermissionGrant @change
}
else {
    $new = @{
        clientId = $principal.Id; consentType = 'AllPrincipals'; resourceId = $graph.Id; scope = $wanted -join ' '
    }
    Wait-ForDirectory { New-MgOauth2PermissionGrant -BodyParameter $new } | Out-Null
}

$cloud = @{ Global = 'global'; USGov = 'usgov'; USGovDoD = 'usdod'; China = 'china' }[$Environment]
@"
[defaults.calendar]
source = "microsoft365"

[locked.calendar.microsoft365]
tenant = "$tenant"
client_id = "$($app.AppId)"
cloud = "$cloud"
"@
if ($Permission -eq 'Calendars.Read') { 'permission = "full"' }
if ($Broker) { 'broker = true' }
