; The installer for one user, who needs no administrator. installer/windows/package.py gives VERSION, QUAD, SOURCE,
; OUTPUT, ICON, KILOBYTES, PUBLISHER and SIGN.
;
;   setup.exe /S                 without windows; ends with 0, or with
;                                  2  something went wrong: what was installed before is still there
;                                  5  the running app did not end, and nothing was changed
;                                  6  an administrator has installed the app for everybody
;                                  7  a newer version is installed
;                                  8  this Windows is too old
;   setup.exe /AUTOSTART=0       do not start the app at log-in (the default is 1; an upgrade leaves it as it is)
;   setup.exe /S /START          start the app afterwards, also if it did not run before
;   setup.exe /D=C:\Folder       to another folder; the last argument, without quotes
;   Uninstall.exe /S             without windows; settings stay
;   Uninstall.exe /S /SETTINGS=remove   settings, sign-ins and logs go too
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 32 ; megabytes: the two programs are nearly the same, and each is larger than the usual 8
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "WordFunc.nsh"
!include "LogicLib.nsh"
!include "StrFunc.nsh"
!include "WinMessages.nsh"
${Using:StrFunc} StrLoc
${Using:StrFunc} UnStrLoc

!define TITLE "B2Cal Desktop"
!define PROGRAM "B2Cal Desktop.exe"
!define CONSOLE "b2cal-desktop.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\B2CalDesktop"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define FOR_EVERYBODY "Software\B2Cal Desktop"
!define OLDEST_WINDOWS 17763 ; 10, version 1809: Qt starts on nothing older
!define TRIES 20

Name "${TITLE}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${TITLE}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "${TITLE} ${VERSION}"
VIProductVersion "${QUAD}"
VIFileVersion "${QUAD}"
VIAddVersionKey /LANG=0 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=0 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=0 "FileDescription" "${TITLE} Setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT licence"
!ifdef SIGN
  !uninstfinalize '${SIGN}' = 0
!endif

Var Older         ; the version that is replaced, or nothing
Var WasRunning    ; 1 if the app ran and was ended
Var Autostart     ; 1, 0, or nothing: leave it as it is
Var RemoveSettings
Var Box
Var Answer
Var Said
Var Try

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
Page custom OptionsShow OptionsLeave
!insertmacro MUI_PAGE_INSTFILES
Page custom DoneShow DoneLeave
UninstPage custom un.OptionsShow un.OptionsLeave
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English" ; the first is taken where the user's own is not among them
!insertmacro MUI_LANGUAGE "Swedish"

!macro Words NAME SV EN
  LangString ${NAME} ${LANG_SWEDISH} "${SV}"
  LangString ${NAME} ${LANG_ENGLISH} "${EN}"
!macroend
!define Words "!insertmacro Words"
${Words} options_title "Installera ${TITLE}" "Install ${TITLE}"
${Words} options_subtitle "Version ${VERSION}" "Version ${VERSION}"
${Words} first_text "${TITLE} håller din hänvisning i växeln rätt, efter din egen kalender.$\r$\n$\r$\nDen installeras för dig, i $INSTDIR. Ingen administratör behövs." "${TITLE} keeps your diversion in the company switchboard right, from your own calendar.$\r$\n$\r$\nIt is installed for you, in $INSTDIR. No administrator is needed."
${Words} upgrade_text "Version $Older byts mot ${VERSION}. Dina inställningar och din inloggning finns kvar.$\r$\n$\r$\nOm ${TITLE} är igång avslutas den först och startas igen efteråt." "Version $Older is replaced by ${VERSION}. Your settings and your sign-in stay.$\r$\n$\r$\nIf ${TITLE} is running it is ended first, and started again afterwards."
${Words} at_log_in "Starta ${TITLE} när jag loggar in" "Start ${TITLE} when I log in"
${Words} install "Installera" "Install"
${Words} start_now "Starta ${TITLE} nu" "Start ${TITLE} now"
${Words} finish "Slutför" "Finish"
${Words} done_title "${TITLE} är installerad" "${TITLE} is installed"
${Words} done_text "Ikonen finns i meddelandefältet längst ned till höger. Syns den inte ligger den under pilen där." "The icon is in the notification area at the lower right. If you do not see it, look under the arrow there."
${Words} unoptions_title "Avinstallera ${TITLE}" "Uninstall ${TITLE}"
${Words} unoptions_text "${TITLE} tas bort från den här datorn. Är den igång avslutas den först." "${TITLE} is removed from this computer. If it is running it is ended first."
${Words} remove_settings "Ta också bort mina inställningar, inloggningar och loggar" "Also remove my settings, sign-ins and logs"
${Words} uninstall "Avinstallera" "Uninstall"
${Words} too_old "${TITLE} kräver Windows 10 version 1809 eller senare." "${TITLE} needs Windows 10 version 1809 or later."
${Words} for_everybody "Din administratör har redan installerat ${TITLE} på den här datorn. Du hittar den i Start-menyn." "Your administrator has already installed ${TITLE} on this computer. You find it in the Start menu."
${Words} newer "En nyare version, $Older, är redan installerad. Avinstallera den först om du vill gå tillbaka till ${VERSION}." "A newer version, $Older, is already installed. Uninstall it first if you want to go back to ${VERSION}."
${Words} in_use "${TITLE} kan inte bytas ut nu, för den används. Inget har ändrats.$\r$\n$\r$\n$Said" "${TITLE} cannot be replaced now, because it is in use. Nothing has been changed.$\r$\n$\r$\n$Said"
${Words} still_used "En fil i $INSTDIR är öppen i ett annat program." "A file in $INSTDIR is open in another program."
${Words} failed "Filerna kunde inte skrivas till $INSTDIR. Kontrollera att det finns plats på disken och försök igen." "The files could not be written to $INSTDIR. Check that there is room on the disk, then try again."

; --- before anything is shown

Function .onInit
  SetShellVarContext current
  SetRegView 64
  ReadRegStr $Answer HKLM "Software\Microsoft\Windows NT\CurrentVersion" "CurrentBuild"
  ${If} $Answer < ${OLDEST_WINDOWS}
    MessageBox MB_OK|MB_ICONSTOP "$(too_old)" /SD IDOK
    SetErrorLevel 8
    Quit
  ${EndIf}
  ReadRegStr $Answer HKLM "${FOR_EVERYBODY}" "Version"
  ${If} $Answer != ""
    MessageBox MB_OK|MB_ICONINFORMATION "$(for_everybody)" /SD IDOK
    SetErrorLevel 6
    Quit
  ${EndIf}
  ReadRegStr $Older HKCU "${UNINSTALL}" "DisplayVersion"
  ${If} $Older != ""
    ${VersionCompare} "$Older" "${VERSION}" $Answer
    ${If} $Answer == 1
      MessageBox MB_OK|MB_ICONSTOP "$(newer)" /SD IDOK
      SetErrorLevel 7
      Quit
    ${EndIf}
  ${EndIf}
  ${GetParameters} $Said
  ClearErrors
  ${GetOptions} $Said "/AUTOSTART=" $Autostart
  ${If} ${Errors}
    StrCpy $Autostart ""
    ${If} $Older == ""
      StrCpy $Autostart 1
    ${EndIf}
  ${EndIf}
FunctionEnd

Function OptionsShow
  !insertmacro MUI_HEADER_TEXT "$(options_title)" "$(options_subtitle)"
  nsDialogs::Create 1018
  Pop $Answer
  ${If} $Older == ""
    ${NSD_CreateLabel} 0 0 100% 60u "$(first_text)"
    Pop $Answer
    ${NSD_CreateCheckbox} 0 70u 100% 12u "$(at_log_in)"
    Pop $Box
    ${If} $Autostart != 0
      ${NSD_Check} $Box
    ${EndIf}
  ${Else}
    ${NSD_CreateLabel} 0 0 100% 80u "$(upgrade_text)"
    Pop $Answer
  ${EndIf}
  GetDlgItem $Answer $HWNDPARENT 1
  SendMessage $Answer ${WM_SETTEXT} 0 "STR:$(install)"
  nsDialogs::Show
FunctionEnd

Function OptionsLeave
  ${If} $Older == ""
    ${NSD_GetState} $Box $Autostart
  ${EndIf}
FunctionEnd

Function un.onInit
  SetShellVarContext current
  SetRegView 64
  ${GetParameters} $Said
  StrCpy $RemoveSettings 0
  ${GetOptions} $Said "/SETTINGS=" $Answer
  ${If} $Answer == "remove"
    StrCpy $RemoveSettings 1
  ${EndIf}
FunctionEnd

Function un.OptionsShow
  !insertmacro MUI_HEADER_TEXT "$(unoptions_title)" "$(options_subtitle)"
  nsDialogs::Create 1018
  Pop $Answer
  ${NSD_CreateLabel} 0 0 100% 24u "$(unoptions_text)"
  Pop $Answer
  ${NSD_CreateCheckbox} 0 36u 100% 12u "$(remove_settings)"
  Pop $Box
  GetDlgItem $Answer $HWNDPARENT 1
  SendMessage $Answer ${WM_SETTEXT} 0 "STR:$(uninstall)"
  nsDialogs::Show
FunctionEnd

Function un.OptionsLeave
  ${NSD_GetState} $Box $RemoveSettings
FunctionEnd

; --- the running app

; Ask it to end, by its own means: it leaves as quitting asks, and is never killed in the middle of a write. What does
; not end is named.
!macro EndCopies UN KIND
Function ${UN}EndCopies
  IfFileExists "$INSTDIR\${CONSOLE}" 0 gone
  again:
    nsExec::ExecToStack '"$INSTDIR\${CONSOLE}" --quit'
    Pop $Answer
    Pop $Said
    ${${KIND}StrLoc} $Try "$Said" "${PROGRAM}" ">"
    ${If} $Answer == 0
      ${If} $Try != ""
        StrCpy $WasRunning 1
      ${EndIf}
      Goto gone
    ${EndIf}
    ${If} $Answer == "error" ; the installed program is damaged; a file in use is noticed when it is moved
      Goto gone
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(in_use)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 5
    Abort
  gone:
FunctionEnd
!macroend
!insertmacro EndCopies "" ""
!insertmacro EndCopies "un." "Un"

; --- installing

!macro Move FROM TO NAME
  ${If} ${FileExists} "${FROM}\${NAME}"
    StrCpy $Try 0
    ${Do}
      ClearErrors
      Rename "${FROM}\${NAME}" "${TO}\${NAME}"
      ${IfNot} ${Errors}
        ${ExitDo}
      ${EndIf}
      IntOp $Try $Try + 1
      Sleep 250 ; a virus scanner looks at it
    ${LoopUntil} $Try >= ${TRIES}
    ${If} ${Errors}
      StrCpy $Answer "failed"
    ${EndIf}
  ${EndIf}
!macroend
; Everything that package.py puts at the top; it sees to it that this is all.
!macro MoveAll FROM TO
  StrCpy $Answer ""
  !insertmacro Move "${FROM}" "${TO}" "_internal" ; first: Windows lets a running program be moved, but no folder in use
  !insertmacro Move "${FROM}" "${TO}" "licences"
  !insertmacro Move "${FROM}" "${TO}" "${PROGRAM}"
  !insertmacro Move "${FROM}" "${TO}" "${CONSOLE}"
!macroend

Section
  ; The new files come beside the old ones: until all of them are there, nothing has changed.
  RMDir /r "$INSTDIR\new"
  SetOutPath "$INSTDIR\new"
  ClearErrors
  File /r "${SOURCE}\*"
  ${If} ${Errors}
    Goto failed
  ${EndIf}
  SetOutPath "$INSTDIR"
  Call EndCopies
  RMDir /r "$INSTDIR\old"
  CreateDirectory "$INSTDIR\old"
  !insertmacro MoveAll "$INSTDIR" "$INSTDIR\old"
  ${If} $Answer == "failed"
    !insertmacro MoveAll "$INSTDIR\old" "$INSTDIR"
    StrCpy $Said "$(still_used)"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(in_use)" /SD IDOK
    SetErrorLevel 5
    Abort
  ${EndIf}
  !insertmacro MoveAll "$INSTDIR\new" "$INSTDIR"
  ${If} $Answer == "failed"
    !insertmacro MoveAll "$INSTDIR" "$INSTDIR\new"
    !insertmacro MoveAll "$INSTDIR\old" "$INSTDIR"
    Goto failed
  ${EndIf}
  RMDir /r "$INSTDIR\old"
  RMDir /r "$INSTDIR\new"
  Call Register
  ${GetParameters} $Said
  ClearErrors
  ${GetOptions} $Said "/START" $Answer
  ${IfNot} ${Errors}
    StrCpy $WasRunning 1
  ${EndIf}
  ${If} $WasRunning == 1
    Exec '"$INSTDIR\${PROGRAM}" --background'
  ${EndIf}
  SetAutoClose true ; and on to the last page
  Return
  failed:
    MessageBox MB_OK|MB_ICONSTOP "$(failed)" /SD IDOK
    SetErrorLevel 2
    Abort
SectionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\new"
  RMDir "$INSTDIR\old" ; if empty: else it holds what could not be put back
  RMDir "$INSTDIR"
  ${If} $WasRunning == 1
    Exec '"$INSTDIR\${PROGRAM}" --background'
  ${EndIf}
FunctionEnd

Function Register
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortCut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ; The same value that the app's own switch writes and reads: system/autostart.py.
  ${If} $Autostart == 1
    WriteRegStr HKCU "${RUN}" "${TITLE}" '"$INSTDIR\${PROGRAM}" --background'
  ${ElseIf} $Autostart == 0
    DeleteRegValue HKCU "${RUN}" "${TITLE}"
  ${EndIf}
FunctionEnd

Function DoneShow
  !insertmacro MUI_HEADER_TEXT "$(done_title)" "$(options_subtitle)"
  nsDialogs::Create 1018
  Pop $Answer
  ${NSD_CreateLabel} 0 0 100% 60u "$(done_text)"
  Pop $Answer
  ${If} $WasRunning != 1
    ${NSD_CreateCheckbox} 0 70u 100% 12u "$(start_now)"
    Pop $Box
    ${NSD_Check} $Box
  ${EndIf}
  GetDlgItem $Answer $HWNDPARENT 1
  SendMessage $Answer ${WM_SETTEXT} 0 "STR:$(finish)"
  GetDlgItem $Answer $HWNDPARENT 2
  EnableWindow $Answer 0 ; there is nothing left to cancel
  GetDlgItem $Answer $HWNDPARENT 3
  ShowWindow $Answer ${SW_HIDE}
  nsDialogs::Show
FunctionEnd

Function DoneLeave
  ${If} $WasRunning != 1
    ${NSD_GetState} $Box $Answer
    ${If} $Answer == ${BST_CHECKED}
      Exec '"$INSTDIR\${PROGRAM}"'
    ${EndIf}
  ${EndIf}
FunctionEnd

; --- removing

Section "Uninstall"
  SetOutPath "$TEMP"
  Call un.EndCopies
  ${If} $RemoveSettings == 1
    ; Signing out first: what the keyring holds is known by the settings.
    nsExec::Exec /TIMEOUT=30000 '"$INSTDIR\${CONSOLE}" sign-out calendar'
    Pop $Answer
    nsExec::Exec /TIMEOUT=30000 '"$INSTDIR\${CONSOLE}" sign-out switchboard'
    Pop $Answer
    RMDir /r "$LOCALAPPDATA\${TITLE}"
  ${EndIf}
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\${CONSOLE}"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  RMDir /r "$INSTDIR\new"
  RMDir /r "$INSTDIR\old"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  RMDir "$LOCALAPPDATA\Programs"
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  ReadRegStr $Answer HKCU "${RUN}" "${TITLE}"
  ${If} $Answer == '"$INSTDIR\${PROGRAM}" --background'
    DeleteRegValue HKCU "${RUN}" "${TITLE}"
    DeleteRegValue HKCU "${APPROVED}" "${TITLE}"
  ${EndIf}
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
