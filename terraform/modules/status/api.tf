################################################################################
# API: written out from one map, which tests hold equal to its OpenAPI file
################################################################################

locals {
  # Everybody may load what is `open`, the page and the description of the API: nothing in them is anybody's.
  routes = {
    "GET /"                      = { function = "page", open = true }
    "GET /assets/{file}"         = { function = "page", open = true }
    "GET /openapi.json"          = { function = "api", open = true }
    "GET /call"                  = { function = "api", open = false }
    "GET /failures"              = { function = "api", open = false }
    "GET /messages"              = { function = "api", open = false }
    "GET /messages/{message_id}" = { function = "api", open = false }
    "POST /messages/search"      = { function = "api", open = false }
    "GET /rates"                 = { function = "api", open = false }
  }

  # A method that a path does not take comes to the path's function as well, which says in a 405 what it takes; API
  # Gateway would say that there is no such path.
  others = { for route, it in local.routes : "ANY ${split(" ", route)[1]}" => it }

  # A browser asks first whether a page from elsewhere may call: without a key, which it does not send with that.
  preflight = {
    for path in toset([for route, it in local.routes : split(" ", route)[1] if !it.open]) :
    "OPTIONS ${path}" => { function = "api", open = true } if length(var.api.page_origins) > 0
  }

  methods = {
    for route, it in merge(local.routes, local.others, local.preflight) : route => merge(it, {
      verb = split(" ", route)[0]
      path = split(" ", route)[1]
      # A path's members in braces; the integration gets them all the same, but a cache or a model needs them declared.
      parameters = { for name in flatten(regexall("\\{([a-z_]+)\\}", route)) : "method.request.path.${name}" => true }
    })
  }

  segments    = { for path in toset([for it in values(local.methods) : it.path if it.path != "/"]) : path => split("/", trimprefix(path, "/")) }
  first_parts = toset([for parts in values(local.segments) : parts[0]])
  lower_parts = { for path, parts in local.segments : path => parts if length(parts) == 2 }

  resource_ids = merge(
    { "/" = aws_api_gateway_rest_api.status.root_resource_id },
    { for part, resource in aws_api_gateway_resource.first : "/${part}" => resource.id },
    { for path, resource in aws_api_gateway_resource.lower : path => resource.id },
  )

  # By whether a route is open.
  authorization = { true = "NONE", false = var.api.authorization == "iam" ? "AWS_IAM" : "NONE" }
  needs_key     = { true = false, false = var.api.authorization == "api_keys" }

  functions = { api = module.api, page = module.page }
}

resource "aws_api_gateway_rest_api" "status" {
  #checkov:skip=CKV_AWS_237:its name, its address and its keys would all be others; nothing here replaces it
  name        = local.name
  description = "Where is my message: GET /openapi.json describes it, GET / is the page."

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "first" {
  for_each = local.first_parts

  rest_api_id = aws_api_gateway_rest_api.status.id
  parent_id   = aws_api_gateway_rest_api.status.root_resource_id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "lower" {
  for_each = local.lower_parts

  rest_api_id = aws_api_gateway_rest_api.status.id
  parent_id   = aws_api_gateway_resource.first[each.value[0]].id
  path_part   = each.value[1]
}

resource "aws_api_gateway_method" "status" {
  #checkov:skip=CKV_AWS_59:what is open is the page, without anybody's data; all else needs IAM or a key
  #checkov:skip=CKV2_AWS_53:the function looks at every parameter and says in words what is wrong with it
  for_each = local.methods

  rest_api_id        = aws_api_gateway_rest_api.status.id
  resource_id        = local.resource_ids[each.value.path]
  http_method        = each.value.verb
  authorization      = local.authorization[each.value.open]
  api_key_required   = local.needs_key[each.value.open]
  request_parameters = each.value.parameters
}

resource "aws_api_gateway_integration" "status" {
  for_each = local.methods

  rest_api_id             = aws_api_gateway_rest_api.status.id
  resource_id             = local.resource_ids[each.value.path]
  http_method             = aws_api_gateway_method.status[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = local.functions[each.value.function].invoke_arn
}

resource "aws_lambda_permission" "api" {
  for_each = local.functions

  statement_id  = "status-api"
  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.status.execution_arn}/*/*"
}

################################################################################
# What API Gateway answers by itself, in the API's own form
################################################################################

locals {
  # In words of ours: AWS's would be "Forbidden" for a missing key, and "Missing Authentication Token" for a path
  # that is not there.
  refusals = {
    ACCESS_DENIED     = { status = "403", error = "forbidden", message = "This caller may not do that: its IAM policy lacks execute-api:Invoke on this API." }
    INVALID_API_KEY   = { status = "403", error = "forbidden", message = "The call needs an API key that is valid, in the header x-api-key." }
    INVALID_SIGNATURE = { status = "403", error = "forbidden", message = "The signature of the call does not hold." }
    EXPIRED_TOKEN     = { status = "403", error = "forbidden", message = "The credentials that signed the call have expired." }
    THROTTLED         = { status = "429", error = "too_many_requests", message = "Too many calls at once; wait a second and try again." }
    QUOTA_EXCEEDED    = { status = "429", error = "too_many_requests", message = "The quota of this API key is used up." }
    MISSING_AUTHENTICATION_TOKEN = (
      var.api.authorization == "iam"
      ? { status = "403", error = "forbidden", message = "There is no such call, or it is not signed: GET /openapi.json describes what there is." }
      : { status = "404", error = "not_found", message = "There is no such call: GET /openapi.json describes what there is." }
    )
    INTEGRATION_FAILURE = { status = "500", error = "internal_error", message = "The function behind the API failed; its log says why." }
    INTEGRATION_TIMEOUT = { status = "500", error = "internal_error", message = "The function behind the API took too long; try again." }
    DEFAULT_4XX         = { status = null, error = "bad_request", message = null }
    DEFAULT_5XX         = { status = null, error = "internal_error", message = "The API failed; try again." }
  }

  # Only where the page is somewhere else: its browser shows it no answer without this header, refusals included.
  refusal_headers = length(var.api.page_origins) > 0 ? { "gatewayresponse.header.Access-Control-Allow-Origin" = "'*'" } : {}
}

resource "aws_api_gateway_gateway_response" "status" {
  for_each = local.refusals

  rest_api_id         = aws_api_gateway_rest_api.status.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = local.refusal_headers

  response_templates = {
    "application/json" = each.value.message == null ? (
      "{\"error\": \"${each.value.error}\", \"message\": $context.error.messageString}"
    ) : jsonencode({ error = each.value.error, message = each.value.message })
  }
}

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
