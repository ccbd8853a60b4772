"""What SES tells of a message: one event for each thing that became of it, as AWS publishes them."""
