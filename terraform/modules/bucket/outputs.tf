################################################################################
# Bucket
################################################################################

output "name" {
  description = "The bucket's name, to be used once its policy, encryption and versioning are on."
  value       = local.name

  # Not the lifecycle: the provider waits 55 seconds for it, and nothing needs it.
  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "arn" {
  description = "The bucket's ARN, known at plan; for policies."
  value       = local.arn
}
