# The local cloud: the same modules, nothing switched off; only the endpoint differs (make sees to it).
environment = "local"
account_id  = "000000000000"
region      = "eu-west-1"

retain_data        = false
log_retention_days = 7

# Domains in .example belong to nobody (RFC 6761).
route53_zone = { create = "mailroom.example" }

sending = {
  domain         = "mail.mailroom.example"
  sender_address = "mailroom@mail.mailroom.example"
  dmarc          = { report_addresses = ["dmarc@mail.mailroom.example"] }

  # The only environment in its account: it owns what SES has once for all.
  account = { suppress = ["BOUNCE", "COMPLAINT"] }
}

links = {}

inbound = {
  receipt_address = "reports@in.mail.mailroom.example"
  rule_set        = { create = "mailroom-local" }

  # Short, so that a mail that fails is seen to fail: after 1, 2 and 4 seconds, then the dead-letter queue.
  processor = { retry_seconds = 1 }
  queue     = { maximum_receives = 4 }

  # Below the 40 MB that SES takes, so that a mail over the limit can be shown.
  limits = { message_mb = 39 }
}

status = {
  ses      = {}
  sms      = {}
  pinpoint = { create_application = "mailroom-local" }

  # The only environment in its account, so it owns the role by which API Gateway logs.
  api = { authorization = "api_keys", owns_log_role = true }
}
