################################################################################
# Stage
################################################################################

locals {
  stage = "v1"

  deployed = jsonencode({
    methods  = { for route, it in local.methods : route => { function = it.function, authorization = local.authorization[it.open], key = local.needs_key[it.open] } }
    refusals = [local.refusals, local.refusal_headers]
  })
}

resource "aws_api_gateway_deployment" "status" {
  rest_api_id = aws_api_gateway_rest_api.status.id

  # A deployment is a copy: what changes of the API is not served before the next one.
  triggers = {
    routes = sha256(local.deployed)
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.status, aws_api_gateway_gateway_response.status]
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_338:the environment chooses the days (log_retention_days); a year of logs is not everybody's duty
  name              = "/aws/vendedlogs/${local.name}-api"
  retention_in_days = var.context.log_retention_days
  kms_key_id        = var.context.kms_key_arn
}

resource "aws_api_gateway_stage" "status" {
  #checkov:skip=CKV_AWS_73:tracing needs xray actions on every resource; the request id is in both logs instead
  #checkov:skip=CKV_AWS_120:a status that is a minute old is wrong
  #checkov:skip=CKV2_AWS_4:a log of executions would hold queries and answers; the access log says what happened
  #checkov:skip=CKV2_AWS_29:callers are signed or have a key, and are throttled; a firewall is the account's to add
  #checkov:skip=CKV2_AWS_51:the functions are no servers that a certificate could be shown to
  rest_api_id   = aws_api_gateway_rest_api.status.id
  deployment_id = aws_api_gateway_deployment.status.id
  stage_name    = local.stage

  # $context.path would hold a message's id and could be held against its recipient: the route stands for it.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = jsonencode({
      request_id = "$context.requestId"
      time       = "$context.requestTimeEpoch"
      method     = "$context.httpMethod"
      route      = "$context.resourcePath"
      status     = "$context.status"
      latency_ms = "$context.responseLatency"
      key_id     = "$context.identity.apiKeyId"
      caller     = "$context.identity.userArn"
      refused    = "$context.error.responseType"
    })
  }

  # Without a role API Gateway takes no stage that logs.
  depends_on = [aws_api_gateway_account.logs]
}

resource "aws_api_gateway_method_settings" "status" {
  #checkov:skip=CKV_AWS_225:a status that is a minute old is wrong
  #checkov:skip=CKV_AWS_308:nothing is cached, so nothing cached is to be encrypted
  rest_api_id = aws_api_gateway_rest_api.status.id
  stage_name  = aws_api_gateway_stage.status.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.api.throttle.requests_per_second
    throttling_burst_limit = var.api.throttle.burst
    logging_level          = "OFF"
    data_trace_enabled     = false
    metrics_enabled        = false
    caching_enabled        = false
  }
}

################################################################################
# API keys: a plan that they are put in. `mailroom status key create` makes them,
# since Terraform would keep them in its state.
################################################################################

locals {
  key_throttle = var.api.key_throttle == null ? var.api.throttle : var.api.key_throttle
}

resource "aws_api_gateway_usage_plan" "status" {
  for_each = toset(var.api.authorization == "api_keys" ? ["api_keys"] : [])

  name        = local.name
  description = "Who may call ${local.name}: mailroom status key create|revoke."

  api_stages {
    api_id = aws_api_gateway_rest_api.status.id
    stage  = aws_api_gateway_stage.status.stage_name
  }

  throttle_settings {
    rate_limit  = local.key_throttle.requests_per_second
    burst_limit = local.key_throttle.burst
  }

  dynamic "quota_settings" {
    for_each = var.api.quota[*]

    content {
      limit  = quota_settings.value.requests
      period = quota_settings.value.period
    }
  }
}

################################################################################
# The role by which API Gateway logs: one per account and Region, for every API
# there. The one environment whose file says so owns it.
################################################################################

data "aws_iam_policy_document" "logs_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

# As AWS's own AmazonAPIGatewayPushToCloudWatchLogs, since it serves other APIs too.
data "aws_iam_policy_document" "logs" {
  #checkov:skip=CKV_AWS_111:the account's one role for every API's log
  #checkov:skip=CKV_AWS_356:the account's one role for every API's log
  statement {
    sid = "LogForEveryApi"
    actions = [
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
      "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "logs" {
  for_each = local.owned_logs

  name                 = "${local.name}-api-logs"
  description          = "API Gateway writes the logs of this account's APIs."
  assume_role_policy   = data.aws_iam_policy_document.logs_trust.json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "logs" {
  for_each = local.owned_logs

  name   = "as-aws-says"
  role   = aws_iam_role.logs[each.key].id
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_api_gateway_account" "logs" {
  for_each = local.owned_logs

  cloudwatch_role_arn = aws_iam_role.logs[each.key].arn

  depends_on = [aws_iam_role_policy.logs]
}

locals {
  owned_logs = toset(var.api.owns_log_role ? ["account"] : [])
}
