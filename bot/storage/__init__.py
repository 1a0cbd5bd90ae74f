"""What must outlive a process: events seen, and which reply answered which message."""
