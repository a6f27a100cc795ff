rem Called by the launchers for Windows, as scripts/runtime is by the others: builds what is missing or out of date and sets
rem JAVA, CLASSPATH, JAVA_OPTIONS and what libtorch reads from the environment as it starts.

set "ROOT=%~dp0.."
set "JAVA=java.exe"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
set "FOUND="
if exist "%JAVA%" set "FOUND=yes"
for %%J in (java.exe) do if not defined JAVA_HOME if not "%%~$PATH:J"=="" set "FOUND=yes"
if not defined FOUND (
  echo medr1: no java found: install a JDK 17 or newer and set JAVA_HOME to it, or put it on the PATH>&2
  exit /b 1
)

set "TARGET=%ROOT%\examples\target"
call :up_to_date
if errorlevel 1 call :build
if errorlevel 1 exit /b 1

rem The class path is too long for a command line. A line of a file may have 8191 letters here.
set "LISTED="
for /f "usebackq delims=" %%L in ("%TARGET%\runtime.classpath") do set "LISTED=%%L"
set "CLASSPATH=%TARGET%\classes;%LISTED%"
if defined MEDR1_CLASS_PATH set "CLASSPATH=%CLASSPATH%;%MEDR1_CLASS_PATH%"

rem Waiting threads sleep, see scripts/environment.
if not defined OMP_WAIT_POLICY if not defined GOMP_SPINCOUNT if not defined KMP_BLOCKTIME (
  set "OMP_WAIT_POLICY=passive"
  set "KMP_BLOCKTIME=0"
)
set "OPT_OUT_TRACKING=true"
rem Texts are UTF-8; names in arguments have the letters of the system's code page.
set "JAVA_OPTIONS=-Djava.awt.headless=true --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8"
exit /b 0

rem Sources that are newer than the last build are found by PowerShell, which every Windows has; without it, what is built is used.
:up_to_date
if not exist "%TARGET%\runtime.classpath" exit /b 1
if not exist "%TARGET%\launcher.stamp" exit /b 1
powershell -NoProfile -Command "$b = (Get-Item $env:TARGET\launcher.stamp).LastWriteTime; $f = Get-ChildItem $env:ROOT\pom.xml, $env:ROOT\*\pom.xml, $env:ROOT\*\*\pom.xml; $f += Get-ChildItem -Recurse $env:ROOT\*\src\main, $env:ROOT\*\*\src\main; if ($f | Where-Object { $_.LastWriteTime -gt $b }) { exit 3 }"
if %ERRORLEVEL% equ 3 exit /b 1
exit /b 0

:build
where mvn >nul 2>&1
if errorlevel 1 (
  echo medr1: mvn not found: install Maven 3.8 or newer and put it on the PATH>&2
  exit /b 1
)
echo medr1: building first ...>&2
if not exist "%TARGET%" mkdir "%TARGET%"
type nul >"%TARGET%\launcher.new"
call mvn -B -f "%ROOT%\pom.xml" -pl examples -am -Dmaven.test.skip=true package >"%TARGET%\launcher.log" 2>&1
if errorlevel 1 (
  findstr /b /c:"[WARNING" /c:"[ERROR" "%TARGET%\launcher.log" >&2
  echo medr1: the build failed, see above; all of its output is in %TARGET%\launcher.log>&2
  exit /b 1
)
move /y "%TARGET%\launcher.new" "%TARGET%\launcher.stamp" >nul
exit /b 0
