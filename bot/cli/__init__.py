"""The command line, one file a command. Reads arguments, calls the application, prints."""
