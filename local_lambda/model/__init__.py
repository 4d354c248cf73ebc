"""Values without I/O: functions, limits, credentials, settings."""
