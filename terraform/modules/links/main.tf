################################################################################
# Attachments
################################################################################

data "aws_partition" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  key_prefix = "attachments/"
  table_name = "${var.context.name_prefix}-links"
  table_arn  = "arn:${local.partition}:dynamodb:${var.context.region}:${var.context.account_id}:table/${local.table_name}"
}

module "attachments" {
  source = "../bucket"

  context         = var.context
  name            = "attachments"
  retention_days  = var.attachment_retention_days
  noncurrent_days = 1
}

################################################################################
# Links
################################################################################

resource "aws_dynamodb_table" "links" {
  name                        = local.table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "token_hash"
  deletion_protection_enabled = var.context.retain_data

  attribute {
    name = "token_hash"
    type = "S"
  }

  attribute {
    name = "mail"
    type = "S"
  }

  # `mailroom links list|revoke` asks by mail.
  global_secondary_index {
    name            = "mail"
    hash_key        = "mail"
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
# Function
################################################################################

data "aws_iam_policy_document" "links" {
  statement {
    sid       = "LookUpLink"
    actions   = ["dynamodb:GetItem"]
    resources = [local.table_arn]
  }

  # Whoever holds a signed URL reads with this role's right.
  statement {
    sid       = "SignAttachment"
    actions   = ["s3:GetObject"]
    resources = ["${module.attachments.arn}/${local.key_prefix}*"]
  }

  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.context.region}.amazonaws.com", "s3.${var.context.region}.amazonaws.com"]
    }
  }
}

module "function" {
  source = "../function"

  context     = var.context
  name        = "links"
  description = "A click on a link: looks it up, signs an S3 address for ${var.signed_url_seconds} seconds and redirects, or says why not."
  handler     = "lambda_src.links.handler.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.links.json

  memory_mb       = var.memory_mb
  timeout_seconds = var.timeout_seconds

  environment = {
    LINKS_TABLE        = aws_dynamodb_table.links.name
    ATTACHMENTS_BUCKET = module.attachments.name
    SIGNED_URL_SECONDS = tostring(var.signed_url_seconds)
  }
}

################################################################################
# API
################################################################################

resource "aws_apigatewayv2_api" "this" {
  name          = "${var.context.name_prefix}-links"
  description   = "GET /{token}: a link in a mail."
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "this" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.function.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:the token in the path is the credential: 256 bits, one recipient's, expiring and revocable
  # HEAD is what scanners and link previews ask; without a route they would call the link dead.
  for_each = toset(["GET", "HEAD"])

  api_id    = aws_apigatewayv2_api.this.id
  route_key = "${each.value} /{token}"
  target    = "integrations/${aws_apigatewayv2_integration.this.id}"
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_338:the environment chooses the days (log_retention_days); a year of logs is not everybody's duty
  # Below /aws/vendedlogs/ the account's log resource policy does not grow with each API.
  name              = "/aws/vendedlogs/${var.context.name_prefix}-links-api"
  retention_in_days = var.context.log_retention_days
  kms_key_id        = var.context.kms_key_arn
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttle.requests_per_second
    throttling_burst_limit = var.throttle.burst
  }

  # $context.path would hold the token, which opens the file: the route key stands for it.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = jsonencode({
      request_id = "$context.requestId"
      time       = "$context.requestTimeEpoch"
      route      = "$context.routeKey"
      status     = "$context.status"
      latency_ms = "$context.responseLatency"
      error      = "$context.integrationErrorMessage"
    })
  }
}

resource "aws_lambda_permission" "api" {
  for_each = aws_apigatewayv2_route.this

  statement_id  = "links-api-${lower(each.key)}"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/${each.key}/{token}"
}
