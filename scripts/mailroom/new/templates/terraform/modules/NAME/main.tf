################################################################################
# NAME
################################################################################

data "aws_iam_policy_document" "NAME" {
  # What the function may do: the actions it calls, on the resources it touches. Nothing yet.
}

module "function" {
  source = "../function"

  context     = var.context
  name        = "NAME"
  description = "TODO: what NAME does, in one sentence."
  handler     = "lambda_src.NAME.handler.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.NAME.json

  environment = {
    GREETING = var.greeting
  }
}
