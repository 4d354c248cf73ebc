"""The console in a browser; a package, so that these tests share one."""
