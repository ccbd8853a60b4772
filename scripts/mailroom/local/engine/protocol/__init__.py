"""AWS's wire protocols, server side, driven by boto3's own service models.

The models are the contract: a request with a member they do not know, or without one they demand, is refused;
an answer leaves with modelled members only. `query` is SES v1, `rest_json` is SES v2, `aws_json` End User
Messaging.
"""
