<#
.SYNOPSIS
    Lets one account read calendars on your own Exchange servers (2010 and later): Reviewer on each calendar folder.

.DESCRIPTION
    The folder is found by what it is, so it works whatever it is called (Calendar, Kalender, Kalenteri, ...). Run it again at
    any time: a mailbox where the account may already read is left as it is. No right is ever taken away: where the account
    has a set of rights of its own making, without reading, the mailbox is named and left alone. A mailbox that cannot be
    changed costs a warning, and the others go on.

    Run it in the Exchange Management Shell (PowerShell 2.0 and later), with the role Recipient Management or Organization
    Management. First with -WhatIf, which tells what would be done and does nothing.

.PARAMETER Reader
    Who is to read. B2Cal Desktop needs this only for people who read a mailbox other than their own.

.PARAMETER Mailbox
    Which mailboxes; all user mailboxes if none are named.

.EXAMPLE
    ./grant-reviewer.ps1 -Reader 'FORETAG\asa' -Mailbox bo@foretag.se -WhatIf

.OUTPUTS
    One line that counts the mailboxes: granted, already readable, left alone, failed.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)] [string] $Reader,
    [string[]] $Mailbox = @()
)
$ErrorActionPreference = 'Stop'
$Enough = 'ReadItems', 'Reviewer', 'NonEditingAuthor', 'Author', 'PublishingAuthor', 'Editor', 'PublishingEditor', 'Owner'
# What Reviewer holds too, and more. Anything else was put together by somebody, who is to decide.
$Less = 'None', 'AvailabilityOnly', 'LimitedDetails', 'FolderVisible'
$count = @{ Granted = 0; Already = 0; Left = 0; Failed = 0 }

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
    try {
        $folders = @(Get-MailboxFolderStatistics -Identity $address -FolderScope Calendar)
        $folder = $folders | Where-Object { "$($_.FolderType)" -eq 'Calendar' } | Select-Object -First 1
        if (-not $folder) {
            Write-Warning "${address}: no calendar folder, probably because nobody has signed in yet"
            $count.Left++
            continue
        }
        $calendar = $address + ':' + "$($folder.FolderPath)".Replace('/', '\')
        $user = $account.DistinguishedName
        $entry = Get-MailboxFolderPermission -Identity $calendar -User $user -ErrorAction SilentlyContinue
        $rights = @(if ($entry) { $entry.AccessRights | ForEach-Object { "$_" } })
        if ($rights | Where-Object { $Enough -contains $_ }) {
            $count.Already++
            continue
        }
        if ($rights | Where-Object { $Less -notcontains $_ }) {
            Write-Warning "${calendar}: $Reader has rights of its own there ($($rights -join ', ')); left alone"
            $count.Left++
            continue
        }
        if (-not $PSCmdlet.ShouldProcess($calendar, "Reviewer for $Reader")) { continue }
        if ($entry) {
            Set-MailboxFolderPermission -Identity $calendar -User $user -AccessRights Reviewer | Out-Null
        } else {
            Add-MailboxFolderPermission -Identity $calendar -User $user -AccessRights Reviewer | Out-Null
        }
        $count.Granted++
    } catch {
        Write-Warning "${address}: $_"
        $count.Failed++
    }
}
"$($count.Granted) granted, $($count.Already) already readable, $($count.Left) left alone, $($count.Failed) failed"
