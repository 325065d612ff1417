using 'main.bicep'

// One file for every environment: the one called prod is sized for it, all others are for development. azd sets AZURE_ENV_NAME, and FANOUT_… by
// `azd env set`.
var name = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
var isProd = name == 'prod'

param environmentName = name
param tags = {
  application: 'fanout'
  environment: isProd ? 'prod' : 'dev'
}

param instanceMemoryMB = 2048
param maximumInstanceCount = isProd ? 200 : 20
param alwaysReady = isProd
  ? [
      { name: 'http', instanceCount: 1 }
      { name: 'durable', instanceCount: 1 }
    ]
  : []

param backend = readEnvironmentVariable('FANOUT_BACKEND', 'AzureStorage')
param schedulerSku = isProd ? 'Dedicated' : 'Consumption'
param hub = readEnvironmentVariable('FANOUT_HUB', 'fanout')
param retainFor = isProd ? '30d' : '7d'

param storageSku = isProd ? 'Standard_ZRS' : 'Standard_LRS'
param logRetentionInDays = isProd ? 90 : 30
param privateNetwork = bool(readEnvironmentVariable('FANOUT_PRIVATE_NETWORK', isProd ? 'true' : 'false'))
