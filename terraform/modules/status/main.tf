################################################################################
# Names
################################################################################

data "aws_partition" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  arn_middle = "${var.context.region}:${var.context.account_id}"
  name       = "${var.context.name_prefix}-status"

  # Where events come from. Each has a road to the one queue, and a stream of its own to the archive.
  sources = toset(compact([
    var.ses == null ? "" : "ses",
    var.sms == null ? "" : "sms",
    var.pinpoint == null ? "" : "pinpoint",
  ]))

  table_arn = "arn:${local.partition}:dynamodb:${local.arn_middle}:table/${local.name}"
}

################################################################################
# Queue: all sources end here
################################################################################

module "queue" {
  source = "../queue"

  context                    = var.context
  name                       = "status"
  visibility_timeout_seconds = 6 * var.fold.timeout_seconds
  retention_days             = var.queue.retention_days
  dead_letter_retention_days = var.queue.dead_letter_retention_days
  maximum_receives           = var.queue.maximum_receives

  # A campaign is thousands of events at once, so many of them are no news; an old one is.
  alarms = merge(var.queue.alarms, { arrivals = 0, waiting = 0 })

  senders             = { for name, arn in local.rule_arns : "${name}_rule" => { service = "events.amazonaws.com", source_arn = arn } }
  dead_letter_senders = { for name, arn in local.rule_arns : "${name}_rule" => { service = "events.amazonaws.com", source_arn = arn } }
}

################################################################################
# Fold: a batch of events into the table, each item written once
################################################################################

module "fold" {
  source = "../function"

  context     = var.context
  name        = "status"
  description = "Folds the events of e-mail and SMS into one item for each message and recipient."
  handler     = "lambda_src.status.handler.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.fold.json

  memory_mb       = var.fold.memory_mb
  timeout_seconds = var.fold.timeout_seconds

  environment = {
    STATUS_TABLE                 = aws_dynamodb_table.status.name
    STATUS_DEAD_LETTER_QUEUE_URL = module.queue.dead_letter_url
    RETENTION_DAYS               = tostring(var.retention_days)
    REFERENCE_TAG                = var.reference_tag
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn        = module.queue.arn
  function_name           = module.fold.arn
  batch_size              = var.fold.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  # The larger a batch, the fewer writes: a message's events come close together.
  maximum_batching_window_in_seconds = var.fold.batch_window_seconds

  scaling_config {
    maximum_concurrency = var.fold.maximum_concurrency
  }
}

################################################################################
# Table: an item for each message and recipient
################################################################################

locals {
  # A campaign, the failures and the unfinished would each be one hot partition, so they are spread over shards.
  indexes = {
    by_recipient = { hash_key = "recipient", range_key = "status_key", projects = [] }
    by_campaign  = { hash_key = "campaign_shard", range_key = "status_key", projects = ["status"] }
    by_reference = { hash_key = "reference", range_key = "status_key", projects = [] }
    failures     = { hash_key = "failure_shard", range_key = "status_key", projects = ["status"] }
    unfinished   = { hash_key = "unfinished_shard", range_key = "first_key", projects = [] }
  }

  key_attributes = toset(concat(["message_id"], flatten([for index in values(local.indexes) : [index.hash_key, index.range_key]])))
}

resource "aws_dynamodb_table" "status" {
  name                        = local.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "message_id"
  range_key                   = "recipient"
  deletion_protection_enabled = var.context.retain_data

  dynamic "attribute" {
    for_each = local.key_attributes

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = length(global_secondary_index.value.projects) > 0 ? "INCLUDE" : "KEYS_ONLY"
      non_key_attributes = length(global_secondary_index.value.projects) > 0 ? global_secondary_index.value.projects : null
    }
  }

  ttl {
    attribute_name = "expires_at"
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
