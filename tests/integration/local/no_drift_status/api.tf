# A REST API with everything that `status` may use of it, applied and planned again by test_terraform.py.
resource "aws_iam_role" "logs" {
  name               = "api-logs"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "logs" {
  role = aws_iam_role.logs.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*", Action = [
    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
    "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents",
  ] }] })
}
resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.logs.arn
  depends_on          = [aws_iam_role_policy.logs]
}
resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/status"
  retention_in_days = 7
}
resource "aws_api_gateway_rest_api" "this" {
  name                         = "status"
  description                  = var.description
  binary_media_types           = var.binary_media_types
  minimum_compression_size     = var.minimum_compression_size
  disable_execute_api_endpoint = false
  endpoint_configuration { types = ["REGIONAL"] }
  tags = { a = "1" }
}
resource "aws_api_gateway_rest_api" "bare" { name = "bare" }
resource "aws_api_gateway_rest_api_policy" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.this.execution_arn}/*" },
    { Effect = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.this.execution_arn}/*/GET/denied" },
  ] })
}
locals {
  paths = {
    messages = "messages"
    denied   = "denied"
    iam      = "iam"
    keyed    = "keyed"
    checked  = "checked"
    mock     = "mock"
    assets   = "assets"
    fail     = "fail"
  }
}
resource "aws_api_gateway_resource" "one" {
  for_each    = local.paths
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value
}
resource "aws_api_gateway_resource" "message" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.one["messages"].id
  path_part   = "{message_id}"
}
resource "aws_api_gateway_resource" "asset" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.one["assets"].id
  path_part   = "{proxy+}"
}
resource "aws_api_gateway_model" "search" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "Search"
  content_type = "application/json"
  schema = jsonencode({ "$schema" = "http://json-schema.org/draft-04/schema#", type = "object", required = ["recipient"],
  properties = { recipient = { type = "string", minLength = 3 } } })
}
resource "aws_api_gateway_request_validator" "both" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "both"
  validate_request_body       = true
  validate_request_parameters = true
}
locals {
  routes = {
    root    = { resource = aws_api_gateway_rest_api.this.root_resource_id, method = "GET", authorization = "NONE", key = false }
    message = { resource = aws_api_gateway_resource.message.id, method = "GET", authorization = "NONE", key = false }
    search  = { resource = aws_api_gateway_resource.one["messages"].id, method = "POST", authorization = "NONE", key = false }
    denied  = { resource = aws_api_gateway_resource.one["denied"].id, method = "GET", authorization = "NONE", key = false }
    iam     = { resource = aws_api_gateway_resource.one["iam"].id, method = "GET", authorization = "AWS_IAM", key = false }
    keyed   = { resource = aws_api_gateway_resource.one["keyed"].id, method = "GET", authorization = "NONE", key = true }
    asset   = { resource = aws_api_gateway_resource.asset.id, method = "ANY", authorization = "NONE", key = false }
    fail    = { resource = aws_api_gateway_resource.one["fail"].id, method = "GET", authorization = "NONE", key = false }
  }
}
resource "aws_api_gateway_method" "one" {
  for_each         = local.routes
  rest_api_id      = aws_api_gateway_rest_api.this.id
  resource_id      = each.value.resource
  http_method      = each.value.method
  authorization    = each.value.authorization
  api_key_required = each.value.key
}
resource "aws_api_gateway_integration" "one" {
  for_each                = local.routes
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = each.value.resource
  http_method             = aws_api_gateway_method.one[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = each.key == "fail" ? aws_lambda_function.fail.invoke_arn : aws_lambda_function.echo.invoke_arn
  timeout_milliseconds    = var.timeout
}
resource "aws_api_gateway_method" "checked" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.one["checked"].id
  http_method          = "POST"
  authorization        = "NONE"
  operation_name       = "Checked"
  request_validator_id = aws_api_gateway_request_validator.both.id
  request_models       = { "application/json" = aws_api_gateway_model.search.name }
  request_parameters   = var.request_parameters
}
resource "aws_api_gateway_integration" "checked" {
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.one["checked"].id
  http_method             = aws_api_gateway_method.checked.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.echo.invoke_arn
}
resource "aws_api_gateway_method" "mock" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.one["mock"].id
  http_method   = "OPTIONS"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "mock" {
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.one["mock"].id
  http_method       = aws_api_gateway_method.mock.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 204 }) }
}
resource "aws_api_gateway_method_response" "mock" {
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_resource.one["mock"].id
  http_method         = aws_api_gateway_method.mock.http_method
  status_code         = "204"
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = true, "method.response.header.Access-Control-Allow-Methods" = true }
}
resource "aws_api_gateway_integration_response" "mock" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.one["mock"].id
  http_method = aws_api_gateway_method.mock.http_method
  status_code = aws_api_gateway_method_response.mock.status_code
  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'https://page.example'"
    "method.response.header.Access-Control-Allow-Methods" = "'GET,POST'"
  }
  depends_on = [aws_api_gateway_integration.mock]
}
resource "aws_api_gateway_gateway_response" "clients" {
  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = "DEFAULT_4XX"
  response_templates  = { "application/json" = "{\"error\":\"$context.error.responseType\",\"message\":$context.error.messageString,\"request\":\"$context.requestId\"}" }
  response_parameters = { "gatewayresponse.header.Cache-Control" = "'no-store'", "gatewayresponse.header.X-Stage" = "context.stage" }
}
resource "aws_api_gateway_gateway_response" "throttled" {
  rest_api_id        = aws_api_gateway_rest_api.this.id
  response_type      = "THROTTLED"
  status_code        = "429"
  response_templates = { "application/json" = "{\"error\":\"throttled\",\"message\":$context.error.messageString}" }
}
resource "aws_lambda_permission" "one" {
  for_each      = { echo = aws_lambda_function.echo.function_name, fail = aws_lambda_function.fail.function_name }
  function_name = each.value
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*/*"
}
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers    = { all = sha1(jsonencode([var.binary_media_types, var.minimum_compression_size, var.request_parameters, var.timeout, local.routes])) }
  depends_on  = [aws_api_gateway_integration.one, aws_api_gateway_integration.checked, aws_api_gateway_integration_response.mock]
  lifecycle { create_before_destroy = true }
}
resource "aws_api_gateway_stage" "v1" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "v1"
  description   = var.description
  variables     = { color = "blue" }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode({ id = "$context.requestId", ip = "$context.identity.sourceIp", method = "$context.httpMethod", path = "$context.resourcePath", status = "$context.status", ms = "$context.responseLatency", integration = "$context.integrationErrorMessage", error = "$context.error.message", at = "$context.requestTimeEpoch", key = "$context.identity.apiKeyId" })
  }
  xray_tracing_enabled = false
  tags                 = { b = "2" }
  depends_on           = [aws_api_gateway_account.this]
}
resource "aws_api_gateway_stage" "plain" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "plain"
}
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.v1.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = true
    logging_level          = "OFF"
    data_trace_enabled     = false
    throttling_rate_limit  = var.rate
    throttling_burst_limit = var.burst
  }
}
resource "aws_api_gateway_usage_plan" "this" {
  name        = "status"
  description = var.description
  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.v1.stage_name
  }
  throttle_settings {
    rate_limit  = var.rate
    burst_limit = var.burst
  }
  dynamic "quota_settings" {
    for_each = var.quota == null ? [] : [var.quota]
    content {
      limit  = quota_settings.value
      period = "DAY"
    }
  }
  tags = { c = "3" }
}
resource "aws_api_gateway_api_key" "one" { name = "one" }
resource "aws_api_gateway_usage_plan_key" "one" {
  key_id        = aws_api_gateway_api_key.one.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.this.id
}
output "api" { value = aws_api_gateway_rest_api.this.id }
output "key" {
  value     = aws_api_gateway_api_key.one.value
  sensitive = true
}
