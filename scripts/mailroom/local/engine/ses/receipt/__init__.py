"""What a receipt rule does with a mail: whom it covers, what SES puts above the mail, and each of its
actions."""
