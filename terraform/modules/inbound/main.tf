################################################################################
# Names
################################################################################

data "aws_partition" "current" {}

locals {
  partition   = data.aws_partition.current.partition
  key_prefix  = "incoming/"
  rule_name   = "${var.context.name_prefix}-inbound"
  ledger_name = "${var.context.name_prefix}-ledger"
  ledger_arn  = "arn:${local.partition}:dynamodb:${var.context.region}:${var.context.account_id}:table/${local.ledger_name}"

  own_rule_set  = var.rule_set == null ? var.context.name_prefix : var.rule_set.create
  rule_set_name = local.own_rule_set == null ? var.rule_set.join : local.own_rule_set
  rule_arn      = "arn:${local.partition}:ses:${var.context.region}:${var.context.account_id}:receipt-rule-set/${local.rule_set_name}:receipt-rule/${local.rule_name}"

  # Where `dig MX`-able inbound-smtp.<region>.amazonaws.com endpoints are known; AWS adds Regions now and then.
  receiving_regions = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ca-central-1", "eu-central-1",
    "eu-north-1", "eu-west-1", "eu-west-2", "us-east-1", "us-east-2", "us-west-2",
  ]

  address_form = "^[a-z0-9._+-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"

  # A former address receives until its last day is over.
  receipt_addresses = distinct(concat([var.receipt_address], [
    for address, last_day in var.former_receipt_addresses : address if timecmp(plantimestamp(), timeadd("${last_day}T00:00:00Z", "24h")) < 0
  ]))
}

################################################################################
# Receiving
#
# Rule set, then the rule (after the bucket lets SES write), then active: mail
# never meets half of it.
################################################################################

resource "aws_ses_receipt_rule_set" "this" {
  for_each = toset(local.own_rule_set == null ? [] : [local.own_rule_set])

  rule_set_name = each.value
}

resource "aws_ses_receipt_rule" "this" {
  rule_set_name = local.own_rule_set == null ? local.rule_set_name : aws_ses_receipt_rule_set.this[local.own_rule_set].rule_set_name
  name          = local.rule_name
  after         = var.after_rule
  enabled       = true
  recipients    = local.receipt_addresses
  scan_enabled  = true
  tls_policy    = "Require"

  s3_action {
    position          = 1
    bucket_name       = module.raw.name # waits for the bucket's policy
    object_key_prefix = local.key_prefix
  }

  # Mail that came before would lie in the bucket unseen.
  depends_on = [aws_s3_bucket_notification.raw]
}

resource "aws_ses_active_receipt_rule_set" "this" {
  for_each = aws_ses_receipt_rule_set.this

  rule_set_name = each.value.rule_set_name

  depends_on = [aws_ses_receipt_rule.this]
}

locals {
  mx_records = {
    for domain in distinct([for address in local.receipt_addresses : split("@", address)[1]]) : domain => {
      name  = domain
      type  = "MX"
      value = "10 inbound-smtp.${var.context.region}.amazonaws.com"
      ttl   = var.dns_ttl_seconds
      why   = "MX: mail for the receipt address at ${domain} comes to SES"
      made  = var.route53_zone != null
    }
  }
}

resource "aws_route53_record" "mx" {
  for_each = { for domain, record in local.mx_records : domain => record if var.route53_zone != null }

  zone_id = var.route53_zone.id
  name    = each.value.name
  type    = each.value.type
  ttl     = each.value.ttl
  records = [each.value.value]
}

################################################################################
# Raw mail
################################################################################

data "aws_iam_policy_document" "raw" {
  statement {
    sid       = "SesWritesMail"
    actions   = ["s3:PutObject"]
    resources = ["${module.raw.arn}/${local.key_prefix}*"]

    principals {
      type        = "Service"
      identifiers = ["ses.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.context.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.rule_arn]
    }
  }
}

module "raw" {
  source = "../bucket"

  context          = var.context
  name             = "raw"
  retention_days   = var.raw_retention_days
  policy_documents = [data.aws_iam_policy_document.raw.json]
}

# The bucket's one notification resource: a second one would overwrite it.
resource "aws_s3_bucket_notification" "raw" {
  bucket = module.raw.name

  queue {
    id            = "incoming"
    queue_arn     = module.queue.arn # waits for the queue's policy
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = local.key_prefix
  }
}

################################################################################
# Queue
################################################################################

module "queue" {
  source = "../queue"

  context                    = var.context
  name                       = "inbound"
  visibility_timeout_seconds = 6 * var.processor.timeout_seconds
  retention_days             = var.queue.retention_days
  dead_letter_retention_days = var.queue.dead_letter_retention_days
  maximum_receives           = var.queue.maximum_receives
  alarms                     = var.queue.alarms

  senders = {
    raw_bucket = { service = "s3.amazonaws.com", source_arn = module.raw.arn }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn = module.queue.arn
  function_name    = module.function.arn
  # With a rate, a mail that waits for its turn would give the others of its batch back, one of their tries less.
  batch_size              = var.sends_per_second == 0 ? var.processor.batch_size : 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.processor.maximum_concurrency
  }

  # No mail goes out before what SES says of it is heard.
  depends_on = [aws_cloudwatch_event_target.sends, aws_sesv2_configuration_set_event_destination.sends]
}

################################################################################
# Ledger
################################################################################

resource "aws_dynamodb_table" "ledger" {
  name                        = local.ledger_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "mail"
  range_key                   = "part"
  deletion_protection_enabled = var.context.retain_data

  attribute {
    name = "mail"
    type = "S"
  }

  attribute {
    name = "part"
    type = "S"
  }

  # Only items that have it are in the index: recipients that SES may have got.
  attribute {
    name = "unsettled"
    type = "S"
  }

  attribute {
    name = "updated_at"
    type = "N"
  }

  # `mailroom inbound doubtful` asks by it, the oldest first.
  global_secondary_index {
    name            = "unsettled"
    hash_key        = "unsettled"
    range_key       = "updated_at"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "removed_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.context.kms_key_arn
  }
}

################################################################################
# Processor
################################################################################

module "function" {
  source = "../function"

  context     = var.context
  name        = "inbound"
  description = "Opens a received mail, keeps its attachments apart, puts links in, sends it on to the people named in its body."
  handler     = "lambda_src.inbound.handler.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.processor.json

  memory_mb       = var.processor.memory_mb
  timeout_seconds = var.processor.timeout_seconds

  environment = {
    RAW_BUCKET                     = module.raw.name
    ATTACHMENTS_BUCKET             = var.links.attachments_bucket
    LEDGER_TABLE                   = aws_dynamodb_table.ledger.name
    LEDGER_RETENTION_DAYS          = tostring(var.ledger_retention_days)
    LINKS_TABLE                    = var.links.table_name
    LINKS_URL                      = var.links.url
    LINK_EXPIRY_HOURS              = tostring(var.links.expiry_hours)
    NOTICE_TOPIC_ARN               = module.notices.arn
    NOTICE_SHOWS_TEXT              = tostring(var.notice_shows_text)
    INBOUND_QUEUE_URL              = module.queue.url
    RETRY_SECONDS                  = tostring(var.processor.retry_seconds)
    SENDER_ADDRESS                 = var.sending.sender_address
    CONFIGURATION_SET              = var.sending.configuration_set_name
    SENDS_PER_SECOND               = tostring(var.sends_per_second)
    RECIPIENTS_MARKER              = var.marker
    ALLOWED_RECIPIENT_DOMAINS      = join(",", var.allowed_recipient_domains)
    VERDICT_POLICY                 = jsonencode(var.verdict_policy)
    MAXIMUM_MESSAGE_BYTES          = tostring(var.limits.message_mb * 1024 * 1024)
    MAXIMUM_ATTACHMENTS            = tostring(var.limits.attachments)
    MAXIMUM_RECIPIENTS             = tostring(var.limits.recipients)
    KEEP_FILES_BELOW_BYTES         = tostring(var.keep.files_below_kb * 1000)
    KEEP_INLINE_IMAGES_BELOW_BYTES = tostring(var.keep.inline_images_below_kb * 1000)
    SHOW_ALL_RECIPIENTS            = tostring(var.show_all_recipients)
  }
}

################################################################################
# Notices
################################################################################

module "notices" {
  source = "../topic"

  context = var.context
  name    = "notices"
  emails  = var.notice_emails
}
