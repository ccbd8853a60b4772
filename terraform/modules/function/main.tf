################################################################################
# Function
################################################################################

data "aws_partition" "current" {}

locals {
  name      = "${var.context.name_prefix}-${var.name}"
  log_group = "/aws/lambda/${local.name}"
  logs_arn  = "arn:${data.aws_partition.current.partition}:logs:${var.context.region}:${var.context.account_id}"
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:tracing needs xray actions on every resource; the log's message id follows a mail instead
  #checkov:skip=CKV_AWS_115:the account's shared pool is the right bound for most; reserved_concurrency sets another
  #checkov:skip=CKV_AWS_116:called by queues (which have a dead-letter queue each), by HTTP, and by a clock, which calls again
  #checkov:skip=CKV_AWS_117:talks to AWS APIs only; a VPC would add endpoints for each and protect nothing
  #checkov:skip=CKV_AWS_272:the zip is rebuilt byte for byte from the commit that is deployed, which signing could not prove
  function_name = local.name
  description   = var.description
  role          = aws_iam_role.this.arn

  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = var.handler
  filename         = var.package
  source_code_hash = fileexists(var.package) ? filebase64sha256(var.package) : null

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = var.context.kms_key_arn

  environment {
    variables = merge({ LOG_LEVEL = var.context.log_level }, var.environment)
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.context.log_level
    system_log_level      = "INFO"
  }

  # Without its policy the first calls would fail and be tried again.
  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    # A precondition, not a validation of the variable: destroy must go on without the zip.
    precondition {
      condition     = fileexists(var.package)
      error_message = "${var.package} is missing: run make package."
    }
  }
}

################################################################################
# Access
################################################################################

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = [var.policy_json]

  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.logs_arn}:log-group:${local.log_group}:log-stream:*"]
  }
}

resource "aws_iam_role" "this" {
  name                 = local.name
  description          = "What the function ${local.name} may do."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "least-privilege"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

################################################################################
# Log
################################################################################

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:the environment chooses the days (log_retention_days); a year of logs is not everybody's duty
  name              = local.log_group
  retention_in_days = var.context.log_retention_days
  kms_key_id        = var.context.kms_key_arn
}

################################################################################
# Alarms
################################################################################

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name        = "${local.name}-errors"
  alarm_description = "${local.name}: ${var.alarm_errors} or more calls failed in 5 minutes; look into ${local.log_group}"

  namespace   = "AWS/Lambda"
  metric_name = "Errors"
  dimensions  = { FunctionName = local.name }
  statistic   = "Sum"
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.alarm_errors
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}
