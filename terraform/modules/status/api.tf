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

  # A page that is somewhere else is shown no answer without this header, refusals included. The gateway's own refusals can
  # name one origin and cannot choose: with several the page only learns that there was no answer, and nobody else learns more.
  refusal_headers = { for origin in var.api.page_origins : "gatewayresponse.header.Access-Control-Allow-Origin" => "'${origin}'" if length(var.api.page_origins) == 1 }
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
