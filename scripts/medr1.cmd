@echo off
rem The medr1 command line on Windows; works from any folder and builds the project when needed. JDK_JAVA_OPTIONS adds options of the JVM.
setlocal EnableExtensions DisableDelayedExpansion
call "%~dp0runtime.cmd"
if errorlevel 1 exit /b 1
"%JAVA%" -Xms64m %JAVA_OPTIONS% ai.medr1.examples.cli.Medr1 %*
exit /b %ERRORLEVEL%
