@echo off
rem JShell with medr1 on the class path and its packages imported; options are those of jshell.
setlocal EnableExtensions DisableDelayedExpansion
call "%~dp0runtime.cmd"
if errorlevel 1 exit /b 1
set "JSHELL=jshell"
if defined JAVA_HOME set "JSHELL=%JAVA_HOME%\bin\jshell"
"%JSHELL%" --startup DEFAULT --startup "%ROOT%\scripts\startup.jsh" -R-Dmedr1.terminal=true -R--enable-native-access=ALL-UNNAMED %*
exit /b %ERRORLEVEL%
