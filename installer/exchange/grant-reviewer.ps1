<#
.SYNOPSIS
    Lets one account read calendars on your own Exchange servers (2010 and later): Reviewer on each calendar folder.

.DESCRIPTION
    The folder is found by what it is, so it works whatever it is called (Calendar, Kalender, Kalenteri, …). Run it again at
    any time: a mailbox where the account may already read is left as it is, and no right is ever taken away.

    Run it in the Exchange Management Shell, with the role Recipient Management or Organization Management.

.PARAMETER Reader
    Who is to read. B2Cal Desktop needs this only for people who read a mailbox other than their own.

.PARAMETER Mailbox
    Which mailboxes; all user mailboxes if none are named.

.EXAMPLE
    ./grant-reviewer.ps1 -Reader 'FORETAG\asa' -Mailbox bo@foretag.se -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)] [string] $Reader,
    [string[]] $Mailbox = @()
)
$ErrorActionPreference = 'Stop'
$Enough = 'Reviewer', 'NonEditingAuthor', 'Author', 'PublishingAuthor', 'Editor', 'PublishingEditor', 'Owner'

$account = Get-Mailbox -Identity $Reader
# Into a list first: a remote shell cannot run one command inside another's pipeline.
if ($Mailbox.Count -gt 0) {
    $boxes = @(foreach ($one in $Mailbox) { Get-Mailbox -Identity $one })
} else {
    $boxes = @(Get-Mailbox -ResultSize Unlimited -RecipientTypeDetails UserMailbox)
}

foreach ($box in $boxes) {
    $address = "$($box.PrimarySmtpAddress)"
    if ($address -eq "$($account.PrimarySmtpAddress)") { continue }
    $folders = @(Get-MailboxFolderStatistics -Identity $address -FolderScope Calendar)
    $folder = $folders | Where-Object { "$($_.FolderType)" -eq 'Calendar' } | Select-Object -First 1
    if (-not $folder) {
        Write-Warning "${address}: no calendar folder, probably because nobody has signed in yet"
        continue
    }
    $calendar = $address + ':' + "$($folder.FolderPath)".Replace('/', '\')
    $entry = Get-MailboxFolderPermission -Identity $calendar -User $account.DistinguishedName -ErrorAction SilentlyContinue
    $rights = @(if ($entry) { $entry.AccessRights | ForEach-Object { "$_" } })
    if ($rights | Where-Object { $Enough -contains $_ }) { continue }
    if (-not $PSCmdlet.ShouldProcess($calendar, "Reviewer for $Reader")) { continue }
    if ($entry) {
        Set-MailboxFolderPermission -Identity $calendar -User $account.DistinguishedName -AccessRights Reviewer
    } else {
        Add-MailboxFolderPermission -Identity $calendar -User $account.DistinguishedName -AccessRights Reviewer
    }
}
