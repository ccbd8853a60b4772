# Fill in every line that says FILL IN, here and in dev.s3.tfbackend, then take the words away.
environment = "dev"
account_id  = "111111111111" # FILL IN: the account's 12 digits
region      = "eu-west-1"

# Made by terraform/bootstrap/bootstrap.yaml, whose deploy role makes no role without it.
permissions_boundary = "arn:aws:iam::111111111111:policy/mailroom-dev-boundary" # FILL IN: the same 12 digits

log_retention_days = 30
alarm_emails       = [] # FILL IN: who is told of alarms, as ["ops@example.com"]

# null: records are listed by `mailroom sending records`, for any DNS provider;
# { join = "<zone id>" }: they are made in that hosted zone; { create = "<domain>" }: in a new one.
route53_zone = null

sending = {
  domain = "dev.example.com" # FILL IN: the domain that sends
}

links = {}

inbound = {
  receipt_address = "reports@in.dev.example.com" # FILL IN: at sending.domain or below; keep it secret
  notice_emails   = []                           # FILL IN: who is told of mail that could not go out

  # dev and staging share an account here: dev owns its one active rule set, staging joins it.
  rule_set = { create = "mailroom" }
}

status = {
  # dev and staging share an account here, and all mail of an account comes by one bus.
  ses = { only_own_sets = true }

  # The role by which API Gateway logs is one for the account and Region: dev owns it, staging uses it. Leave it out where
  # the account has one: aws apigateway get-account
  api = { owns_log_role = true }
}
