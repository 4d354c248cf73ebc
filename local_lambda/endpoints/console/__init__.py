"""The console: a page at the Lambda API's address that calls the URLs and shows what streams."""
