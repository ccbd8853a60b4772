"""What API Gateway's REST APIs do with a call, as far as that needs no cloud."""
