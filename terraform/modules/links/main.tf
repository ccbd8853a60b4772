################################################################################
# Attachments
################################################################################

data "aws_partition" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  key_prefix = "attachments/"
  files_arn  = "${module.attachments.arn}/${local.key_prefix}*"
  indexes    = toset(["mail", "object_key", "recipient"])
  table_name = "${var.context.name_prefix}-links"
  # GuardDuty names the rule itself.
  scan_rule_arn = "arn:${local.partition}:events:${var.context.region}:${var.context.account_id}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
  table_arn     = "arn:${local.partition}:dynamodb:${var.context.region}:${var.context.account_id}:table/${local.table_name}"
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

  # `mailroom links` asks by mail, by file and by recipient (in lower case); each index is called as its attribute.
  dynamic "attribute" {
    for_each = local.indexes

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name            = global_secondary_index.value
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
    }
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

  # Whoever holds a signed URL reads with this role's right. With malware protection it is signed for the
  # version that was found clean, and S3 itself refuses every other one.
  statement {
    sid       = "SignAttachment"
    actions   = [var.malware_protection ? "s3:GetObjectVersion" : "s3:GetObject"]
    resources = [local.files_arn]

    dynamic "condition" {
      for_each = var.malware_protection ? ["NO_THREATS_FOUND"] : []

      content {
        test     = "StringEquals"
        variable = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus"
        values   = [condition.value]
      }
    }
  }

  dynamic "statement" {
    for_each = var.malware_protection ? [local.files_arn] : []

    content {
      sid       = "ReadVerdict"
      actions   = ["s3:GetObjectTagging"]
      resources = [statement.value]
    }
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
    MALWARE_PROTECTION = tostring(var.malware_protection)
  }
}

################################################################################
# Malware protection
#
# GuardDuty looks at each new attachment and writes what it found as a tag, which
# the function reads at the click. It needs no detector, and is billed by the GB.
################################################################################

data "aws_iam_policy_document" "scan_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["malware-protection-plan.guardduty.amazonaws.com"]
    }
  }
}

# AWS's own policy for this role, narrowed to attachments/ and this Region's key:
# docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
data "aws_iam_policy_document" "scan" {
  statement {
    sid       = "ManageItsRule"
    actions   = ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"]
    resources = [local.scan_rule_arn]

    condition {
      test     = "StringEquals"
      variable = "events:ManagedBy"
      values   = ["malware-protection-plan.guardduty.amazonaws.com"]
    }
  }

  statement {
    sid       = "WatchItsRule"
    actions   = ["events:DescribeRule", "events:ListTargetsByRule"]
    resources = [local.scan_rule_arn]
  }

  statement {
    sid       = "SwitchOnBucketEvents"
    actions   = ["s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"]
    resources = [module.attachments.arn]
  }

  statement {
    sid       = "PutValidationObject"
    actions   = ["s3:PutObject"]
    resources = ["${module.attachments.arn}/malware-protection-resource-validation-object"]
  }

  statement {
    sid       = "Scan"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [local.files_arn]
  }

  statement {
    sid = "Tag"
    actions = [
      "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
      "s3:PutObjectTagging", "s3:PutObjectVersionTagging",
    ]
    resources = [local.files_arn]
  }

  statement {
    sid       = "DecryptThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.context.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "scan" {
  count = var.malware_protection ? 1 : 0

  name                 = "${var.context.name_prefix}-links-scan"
  description          = "What GuardDuty may do to scan the attachments and to tag them."
  assume_role_policy   = data.aws_iam_policy_document.scan_trust.json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "scan" {
  count = var.malware_protection ? 1 : 0

  name   = "least-privilege"
  role   = aws_iam_role.scan[0].id
  policy = data.aws_iam_policy_document.scan.json
}

resource "aws_guardduty_malware_protection_plan" "this" {
  count = var.malware_protection ? 1 : 0

  role = aws_iam_role.scan[0].arn

  protected_resource {
    s3_bucket {
      bucket_name     = module.attachments.name
      object_prefixes = [local.key_prefix]
    }
  }

  actions {
    tagging {
      status = "ENABLED"
    }
  }

  # GuardDuty tries the role when the plan is made.
  depends_on = [aws_iam_role_policy.scan]
}

################################################################################
# API
################################################################################

resource "aws_apigatewayv2_api" "this" {
  name          = "${var.context.name_prefix}-links"
  description   = "GET /{token}: a link in a mail. Anything else: a page that says so."
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
  # HEAD is what scanners and link previews ask; without a route they would call the link dead. $default is
  # every other path and method: who cut a link to its bare host sees our page and no JSON.
  for_each = toset(["GET /{token}", "HEAD /{token}", "$default"])

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.value
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
  statement_id  = "links-api"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}
