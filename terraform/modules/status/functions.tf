################################################################################
# What answers: the API, the page; and what looks for messages that are stuck
################################################################################

module "api" {
  source = "../function"

  context     = var.context
  name        = "status-api"
  description = "Answers what became of a message, of a campaign's, of a recipient's, and which failed."
  handler     = "lambda_src.status.api.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.api.json

  memory_mb       = var.api.memory_mb
  timeout_seconds = var.api.timeout_seconds

  environment = {
    STATUS_TABLE    = aws_dynamodb_table.status.name
    STATUS_FUNCTION = local.name # whose metric the rates are
    STUCK_HOURS     = tostring(var.stuck_hours)
    PAGE_ORIGINS    = length(var.api.page_origins) > 0 ? join(",", var.api.page_origins) : "-"
  }
}

module "page" {
  source = "../function"

  context     = var.context
  name        = "status-page"
  description = "The page: files, and no right to any table."
  handler     = "lambda_src.status.page.handle"
  package     = var.package
  policy_json = jsonencode({ Version = "2012-10-17", Statement = [] })

  memory_mb       = var.api.memory_mb
  timeout_seconds = var.api.timeout_seconds
}

module "watch" {
  source = "../function"

  context     = var.context
  name        = "status-watch"
  description = "Counts, each hour, the messages that have had no final event for ${var.stuck_hours} hours."
  handler     = "lambda_src.status.watch.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.watch.json

  memory_mb       = var.watch.memory_mb
  timeout_seconds = var.watch.timeout_seconds

  environment = {
    STATUS_TABLE = aws_dynamodb_table.status.name
    STUCK_HOURS  = tostring(var.stuck_hours)
  }
}

resource "aws_cloudwatch_event_rule" "watch" {
  name                = "${local.name}-watch"
  description         = "Each hour ${local.name}-watch counts the messages that are stuck."
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "watch" {
  rule      = aws_cloudwatch_event_rule.watch.name
  target_id = "function"
  arn       = module.watch.arn

  # The next hour counts anew, so one that failed is not tried for a day.
  retry_policy {
    maximum_event_age_in_seconds = 600
    maximum_retry_attempts       = 2
  }

  depends_on = [aws_lambda_permission.watch]
}

resource "aws_lambda_permission" "watch" {
  statement_id  = "hourly"
  action        = "lambda:InvokeFunction"
  function_name = module.watch.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.watch.arn
}

################################################################################
# What each function may do: the actions it calls, on the resources it touches
################################################################################

locals {
  index_arns = { for name in keys(local.indexes) : name => "${local.table_arn}/index/${name}" }
  by_key     = { for service in ["dynamodb", "sqs"] : service => "${service}.${var.context.region}.amazonaws.com" }
}

data "aws_iam_policy_document" "fold" {
  statement {
    sid       = "TakeFromQueue"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [module.queue.arn]
  }

  # What no rule can read goes there at once, with its reason.
  statement {
    sid       = "GiveUp"
    actions   = ["sqs:SendMessage"]
    resources = [module.queue.dead_letter_arn]
  }

  statement {
    sid       = "KeepItems"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem"]
    resources = [local.table_arn]
  }

  statement {
    sid       = "UseKeyThroughServices"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = values(local.by_key)
    }
  }
}

data "aws_iam_policy_document" "transform" {
  statement {
    sid       = "SendToQueue"
    actions   = ["sqs:SendMessage"]
    resources = [module.queue.arn]
  }

  statement {
    sid       = "UseKeyThroughQueue"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.by_key["sqs"]]
    }
  }
}

data "aws_iam_policy_document" "api" {
  #checkov:skip=CKV_AWS_356:metrics have no ARN: cloudwatch:GetMetricData takes no resource
  statement {
    sid       = "ReadItems"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
    resources = [local.table_arn]
  }

  statement {
    sid       = "AskIndexes"
    actions   = ["dynamodb:Query"]
    resources = values(local.index_arns)
  }

  statement {
    sid       = "ReadRates"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"]
  }

  statement {
    sid       = "DecryptThroughTable"
    actions   = ["kms:Decrypt"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.by_key["dynamodb"]]
    }
  }
}

data "aws_iam_policy_document" "watch" {
  statement {
    sid       = "CountUnfinished"
    actions   = ["dynamodb:Query"]
    resources = [local.index_arns["unfinished"]]
  }

  statement {
    sid       = "DecryptThroughTable"
    actions   = ["kms:Decrypt"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.by_key["dynamodb"]]
    }
  }
}
