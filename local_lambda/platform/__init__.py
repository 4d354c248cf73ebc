"""Lambda itself: functions, execution environments, and the Runtime API they are served by."""
