# Decisions, with a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# A mocked provider invents what a policy document says, so it is given an empty one; what the documents
# really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  package  = "main.tf" # any file that is there: what is in it does not matter at plan
  ses      = {}
  sms      = {}
  pinpoint = { application_id = "0123456789abcdef0123456789abcdef" }

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "by_default_callers_are_signed" {
  command = plan

  assert {
    condition = { for route, method in aws_api_gateway_method.status : route => method.authorization if method.http_method != "ANY" } == {
      "GET /"                      = "NONE"
      "GET /assets/{file}"         = "NONE"
      "GET /openapi.json"          = "NONE"
      "GET /call"                  = "AWS_IAM"
      "GET /failures"              = "AWS_IAM"
      "GET /messages"              = "AWS_IAM"
      "GET /messages/{message_id}" = "AWS_IAM"
      "POST /messages/search"      = "AWS_IAM"
      "GET /rates"                 = "AWS_IAM"
    }
    error_message = "Only what is nobody's is open."
  }

  # What is no route comes to the same function, by the same way in.
  assert {
    condition = alltrue([
      for route in keys(local.routes) : (
        aws_api_gateway_method.status["ANY ${split(" ", route)[1]}"].authorization == aws_api_gateway_method.status[route].authorization
        && local.methods["ANY ${split(" ", route)[1]}"].function == local.routes[route].function
      )
    ])
    error_message = "Another method of a path is no way around its authorization."
  }

  # Without keys there is nothing to plan the use of.
  assert {
    condition     = length(aws_api_gateway_usage_plan.status) == 0 && !anytrue([for method in values(aws_api_gateway_method.status) : method.api_key_required]) && output.usage_plan_id == null
    error_message = "Callers that are signed have no keys."
  }

  # The page's files come from the function that may not read the table.
  assert {
    condition     = toset([for route, it in local.routes : route if it.function == "page"]) == toset(["GET /", "GET /assets/{file}"])
    error_message = "The page is a function of its own."
  }

  assert {
    condition = (
      aws_api_gateway_method_settings.status.method_path == "*/*"
      && aws_api_gateway_method_settings.status.settings[0].throttling_rate_limit == 50
      && aws_api_gateway_method_settings.status.settings[0].throttling_burst_limit == 100
    )
    error_message = "50 calls a second, 100 at once."
  }

  # The log of executions would hold queries and answers.
  assert {
    condition = (
      aws_api_gateway_method_settings.status.settings[0].logging_level == "OFF"
      && aws_api_gateway_method_settings.status.settings[0].data_trace_enabled == false
      && aws_api_gateway_method_settings.status.settings[0].caching_enabled == false
    )
    error_message = "No log of executions, no trace of data, no cache."
  }

  # $context.path holds a message's id, the query a campaign; the address is in the body.
  assert {
    condition = alltrue([
      for name in ["$context.path", "$context.requestOverride", "querystring", "$context.identity.sourceIp", "$context.error.message"] :
      !strcontains(aws_api_gateway_stage.status.access_log_settings[0].format, name)
    ]) && jsondecode(aws_api_gateway_stage.status.access_log_settings[0].format).route == "$context.resourcePath"
    error_message = "The access log knows the route, and nothing of what was asked for."
  }

  assert {
    condition     = aws_cloudwatch_log_group.api.name == "/aws/vendedlogs/mailroom-test-status-api" && aws_cloudwatch_log_group.api.kms_key_id == var.context.kms_key_arn && aws_cloudwatch_log_group.api.retention_in_days == 30
    error_message = "The access log: encrypted, and kept as long as the environment says."
  }

  assert {
    condition = alltrue([for response in values(aws_api_gateway_gateway_response.status) : (
      toset(keys(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"words\"")))) == toset(["error", "message"])
    )])
    error_message = "Each is JSON with error and message."
  }

  assert {
    condition = { for kind, response in aws_api_gateway_gateway_response.status : kind => response.status_code if response.status_code != null } == {
      ACCESS_DENIED                = "403"
      EXPIRED_TOKEN                = "403"
      INVALID_API_KEY              = "403"
      INVALID_SIGNATURE            = "403"
      MISSING_AUTHENTICATION_TOKEN = "403"
      QUOTA_EXCEEDED               = "429"
      THROTTLED                    = "429"
      INTEGRATION_FAILURE          = "500"
      INTEGRATION_TIMEOUT          = "500"
    }
    error_message = "403 for who may not, 429 for too much, 500 where we failed."
  }

  assert {
    condition     = !anytrue([for method in values(aws_api_gateway_method.status) : method.http_method == "OPTIONS"]) && alltrue([for response in values(aws_api_gateway_gateway_response.status) : length(response.response_parameters) == 0])
    error_message = "No OPTIONS, no header that lets others read."
  }

  assert {
    condition     = length(aws_api_gateway_account.logs) == 0 && length(aws_iam_role.logs) == 0
    error_message = "By default another owns it."
  }
}

run "with_api_keys_the_same_calls_need_a_key" {
  command = plan

  variables {
    api = {
      authorization = "api_keys"
      throttle      = { requests_per_second = 20, burst = 40 }
      key_throttle  = { requests_per_second = 2, burst = 3 }
      quota         = { requests = 1000 }
    }
  }

  assert {
    condition     = toset([for route, method in aws_api_gateway_method.status : route if method.api_key_required]) == toset([for route, it in merge(local.routes, local.others) : route if !it.open]) && alltrue([for method in values(aws_api_gateway_method.status) : method.authorization == "NONE"])
    error_message = "A key in place of a signature, for every call that is not open."
  }

  assert {
    condition = (
      aws_api_gateway_usage_plan.status["api_keys"].throttle_settings[0].rate_limit == 2
      && aws_api_gateway_usage_plan.status["api_keys"].throttle_settings[0].burst_limit == 3
      && aws_api_gateway_method_settings.status.settings[0].throttling_rate_limit == 20
      && [for quota in aws_api_gateway_usage_plan.status["api_keys"].quota_settings : "${quota.limit} ${quota.period}"] == ["1000 DAY"]
    )
    error_message = "The plan holds each key to less, and to its quota."
  }

  # With keys nobody signs, so what API Gateway calls a missing token is a path that is not there.
  assert {
    condition     = aws_api_gateway_gateway_response.status["MISSING_AUTHENTICATION_TOKEN"].status_code == "404"
    error_message = "404, not 403."
  }

  # A deployment is a copy: what is not in its trigger would not be served.
  assert {
    condition     = !strcontains(local.deployed, "AWS_IAM") && length(jsondecode(local.deployed).methods) == length(local.routes) + length(local.others)
    error_message = "Another way in is another deployment."
  }
}

run "a_page_from_elsewhere_may_ask_first" {
  command = plan

  variables {
    api = { page_origins = ["https://status.example.com"], owns_log_role = true }
  }

  assert {
    condition = (
      toset([for route, method in aws_api_gateway_method.status : route if method.http_method == "OPTIONS"])
      == toset(["OPTIONS /call", "OPTIONS /failures", "OPTIONS /messages", "OPTIONS /messages/search", "OPTIONS /messages/{message_id}", "OPTIONS /rates"])
      && alltrue([for method in values(aws_api_gateway_method.status) : method.authorization == "NONE" if method.http_method == "OPTIONS"])
      && module.api.environment["PAGE_ORIGINS"] == "https://status.example.com"
    )
    error_message = "A browser asks by OPTIONS before each call that is not open, without a key."
  }

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.status) : response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://status.example.com'"])
    error_message = "Its browser must be able to show a refusal."
  }

  # By default another environment owns it.
  assert {
    condition     = [for role in aws_iam_role.logs : role.name] == ["mailroom-test-status-api-logs"] && length(aws_api_gateway_account.logs) == 1
    error_message = "The role is made, and made the account's."
  }
}

run "several_pages_share_no_refusal_with_everybody" {
  command = plan

  variables {
    api = { page_origins = ["https://status.example.com", "https://support.example.com"] }
  }

  assert {
    condition = (
      module.api.environment["PAGE_ORIGINS"] == "https://status.example.com,https://support.example.com"
      && alltrue([for response in values(aws_api_gateway_gateway_response.status) : length(coalesce(response.response_parameters, {})) == 0])
    )
    error_message = "The gateway can name one origin; for several it must name none, and not all of the world."
  }
}

run "bad_settings_of_the_api_are_refused" {
  command = plan

  variables {
    api = {
      authorization   = "none"
      throttle        = { requests_per_second = 0 }
      quota           = { requests = 0, period = "YEAR" }
      page_origins    = ["status.example.com/page"]
      timeout_seconds = 30
    }
  }

  expect_failures = [var.api]
}

run "a_quota_without_keys_is_refused" {
  command = plan

  variables {
    api = { quota = { requests = 10 } }
  }

  expect_failures = [var.api]
}
