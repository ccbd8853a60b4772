# What `status` needs besides SES and alarms, applied and planned again: see test_terraform.py.
provider "aws" { region = "eu-west-1" }
variable "description" {
  type    = string
  default = "first"
}
variable "binary_media_types" {
  type    = list(string)
  default = ["image/png"]
}
variable "minimum_compression_size" {
  type    = string
  default = "1000"
}
variable "request_parameters" {
  type    = map(bool)
  default = { "method.request.querystring.limit" = true, "method.request.header.x-tenant" = false }
}
variable "timeout" {
  type    = number
  default = 29000
}
variable "rate" {
  type    = number
  default = 100
}
variable "burst" {
  type    = number
  default = 200
}
variable "quota" {
  type    = number
  default = 1000
}
resource "aws_iam_role" "function" {
  name               = "function"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_lambda_function" "echo" {
  function_name = "echo"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "code.echo"
  filename      = "code.zip"
}
resource "aws_lambda_function" "fail" {
  function_name = "fail"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "code.fail"
  filename      = "code.zip"
}
