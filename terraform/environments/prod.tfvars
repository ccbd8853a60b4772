# Fill in every line that says FILL IN, here and in prod.s3.tfbackend, then take the words away.
environment = "prod"
account_id  = "333333333333" # FILL IN: the account's 12 digits
region      = "eu-west-1"

# Made by terraform/bootstrap/bootstrap.yaml, whose deploy role makes no role without it.
permissions_boundary = "arn:aws:iam::333333333333:policy/mailroom-prod-boundary" # FILL IN: the same 12 digits

log_retention_days = 365
alarm_emails       = [] # FILL IN: who is told of alarms, as ["ops@example.com"]

# null: records are listed by `mailroom sending records`, for any DNS provider;
# { join = "<zone id>" }: they are made in that hosted zone; { create = "<domain>" }: in a new one.
route53_zone = null

sending = {
  domain = "prod.example.com" # FILL IN: the domain that sends
}

links = {}

inbound = {
  receipt_address = "reports@in.prod.example.com" # FILL IN: at sending.domain or below; keep it secret
  notice_emails   = []                            # FILL IN: who is told of mail that could not go out

  # The only environment in its account: it owns the active rule set.
  rule_set = { create = "mailroom" }
}

status = {
  ses = {}

  # The role by which API Gateway logs is one for the account and Region. Leave it out where the account has one:
  # aws apigateway get-account
  api = { owns_log_role = true }
}
