; Installer for Windows: iscc /DVersion=1.2.3 /DFlavour=cpu /DApp=FOLDER tryon.iss
; For this user without rights, or for all users: the person who installs is asked, and /ALLUSERS or /CURRENTUSER decide
; without asking. A newer version goes over an older one in the same folder; what users made is left alone.

#ifndef Version
  #error Say which version: /DVersion=1.2.3
#endif
#ifndef App
  #error Say where the frozen app lies: /DApp=FOLDER
#endif
#ifndef Flavour
  #define Flavour "cpu"
#endif
; Windows' own four numbers: a version without a suffix such as "rc1".
#ifndef Numbers
  #define Numbers Version
#endif
#define Name "Tryon"
#define Root AddBackslash(SourcePath) + "..\.."

[Setup]
; The same for both flavours and all versions: that is how an older one is found and replaced.
AppId={{7C1B7B0E-5B1C-4E63-9B8B-2C1B6C3D7A41}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher=the tryon_app authors
VersionInfoVersion={#Numbers}
VersionInfoTextVersion={#Version}
VersionInfoProductTextVersion={#Version}
VersionInfoDescription=Installer of {#Name}
DefaultDirName={autopf}\Tryon
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
DisableDirPage=auto
UsePreviousAppDir=yes
UsePreviousTasks=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Root}\LICENSE
SetupIconFile={#Root}\resources\icons\app.ico
UninstallDisplayIcon={app}\tryonw.exe
OutputBaseFilename=tryon-{#Version}-windows-x86_64-{#Flavour}-setup
Compression=lzma2/normal
SolidCompression=yes
WizardStyle=modern
; A running app is asked to close, and started again afterwards.
CloseApplications=yes
RestartApplications=yes
SetupMutex=TryonSetup

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "kiosk"; Description: "Start as a kiosk, full screen, when a user logs in"; GroupDescription: "Kiosk:"; Flags: unchecked

[InstallDelete]
; Libraries of an older version must not lie between those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#App}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\tryonw.exe"; Parameters: "mirror"; AppUserModelID: "tryon"
Name: "{group}\{#Name} - check this computer"; Filename: "{cmd}"; Parameters: "/K ""{app}\tryon.exe"" doctor"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\tryonw.exe"; Parameters: "mirror"; Tasks: desktopicon
Name: "{autostartup}\{#Name} kiosk"; Filename: "{app}\tryonw.exe"; Parameters: "kiosk"; Tasks: kiosk

[Run]
Filename: "{app}\tryonw.exe"; Parameters: "mirror"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent

[Code]
{ Garments, settings, log and caches of the person who uninstalls. Pictures and videos lie in the usual folders of that
  person and are never touched. }
procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Data: String;
begin
  if Step <> usPostUninstall then
    Exit;
  Data := ExpandConstant('{localappdata}\tryon');
  if not DirExists(Data) or UninstallSilent() then
    Exit;
  if MsgBox('Also delete your own garments and settings?' + #13#10 + Data + #13#10#13#10
      + 'Pictures and videos stay in any case.', mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
    DelTree(Data, True, True, True);
end;
