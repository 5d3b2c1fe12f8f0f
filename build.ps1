# Runs the build in build\: finds or installs the .NET SDK, compiles only what changed, and passes all arguments on.
[CmdletBinding(PositionalBinding = $false)]
param([Parameter(ValueFromRemainingArguments = $true)][string[]]$BuildArguments)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
trap { [Console]::Error.WriteLine("build.ps1: $_"); exit 1 }

$Root = $PSScriptRoot
$Temp = Join-Path $Root '.nuke\temp'
$Project = Join-Path $Root 'build\_build.csproj'
$Assembly = Join-Path $Root 'build\bin\Release\_build.dll'
$Stamp = Join-Path $Temp 'build.stamp'

$env:DOTNET_CLI_TELEMETRY_OPTOUT = 1
$env:DOTNET_NOLOGO = 1

# Names, sizes and times of everything that the build is compiled from, as one hash.
function Get-Signature {
    $files = Get-ChildItem -Path (Join-Path $Root 'build'), (Join-Path $Root 'src') -Recurse -File |
        Where-Object { $_.FullName -notmatch '[\\/](bin|obj)[\\/]' }
    $files = @($files) + @(Get-ChildItem -Path (Join-Path $Root '*') -Include 'Directory.*.props', 'global.json', '.editorconfig' -File)
    $text = ($files | Sort-Object FullName | ForEach-Object { "$($_.LastWriteTimeUtc.Ticks) $($_.Length) $($_.FullName)" }) -join "`n"
    $sha = [Security.Cryptography.SHA256]::Create()
    [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($text)))
}

# A dotnet whose SDK satisfies global.json, which `dotnet --version` checks.
function Find-DotNet {
    $candidates = @((Get-Command dotnet -ErrorAction SilentlyContinue | Select-Object -First 1 -ExpandProperty Source), (Join-Path $Temp 'dotnet\dotnet.exe'))
    foreach ($candidate in $candidates | Where-Object { $_ -and (Test-Path $_) }) {
        Push-Location $Root
        try { $null = & $candidate --version 2>&1; if ($LASTEXITCODE -eq 0) { return $candidate } } catch { $null = $_ } finally { Pop-Location }
    }
    $version = (Get-Content (Join-Path $Root 'global.json') -Raw | ConvertFrom-Json).sdk.version
    [Console]::Error.WriteLine("No .NET SDK here satisfies global.json ($version); installing one into .nuke\temp\dotnet.")
    $script = Join-Path $Temp 'dotnet-install.ps1'
    [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
    try { (New-Object Net.WebClient).DownloadFile('https://dot.net/v1/dotnet-install.ps1', $script) }
    catch { throw "Could not download the .NET SDK's installer ($_). Without a network, install the .NET SDK $version or a later one of the same major version yourself and run this again." }
    $null = & powershell -ExecutionPolicy ByPass -NoProfile -File $script -Version $version -InstallDir (Join-Path $Temp 'dotnet') -NoPath
    if ($LASTEXITCODE -ne 0) { throw "The .NET SDK $version could not be installed into $Temp\dotnet." }
    Join-Path $Temp 'dotnet\dotnet.exe'
}

$null = New-Item -ItemType Directory -Path $Temp -Force
# Two runs at the same time compile one after the other.
$lock = $null
while ($null -eq $lock) {
    try { $lock = [IO.File]::Open((Join-Path $Temp 'build.lock'), 'OpenOrCreate', 'ReadWrite', 'None') }
    catch [IO.IOException] { Start-Sleep -Milliseconds 200 }
}
try {
    $now = Get-Signature
    $built = if ((Test-Path $Stamp) -and (Test-Path $Assembly)) { @(Get-Content $Stamp) } else { @('', '') }
    if ($built[0] -eq $now -and (Test-Path $built[1])) {
        $dotnet = $built[1]
    }
    else {
        $dotnet = Find-DotNet
        Remove-Item $Stamp -ErrorAction SilentlyContinue
        $lockMode = if ($env:CI -eq 'true' -or $env:GITHUB_ACTIONS) { @('-p:RestoreLockedMode=true') } else { @() }
        Push-Location $Root
        try { & $dotnet msbuild $Project -restore -m -p:Configuration=Release -nologo -v:quiet -clp:NoSummary -p:RunAnalyzers=false @lockMode } finally { Pop-Location }
        if ($LASTEXITCODE -ne 0) { throw 'The build itself does not compile (see above).' }
        Set-Content -Path $Stamp -Value @($now, $dotnet)
    }
}
finally { $lock.Dispose() }

& $dotnet exec $Assembly @BuildArguments
exit $LASTEXITCODE
