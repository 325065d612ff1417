using Azure.Core.Serialization;
using Fanout.Azure;
using Fanout.Functions;
using Fanout.Functions.Samples;
using Fanout.Handlers;
using Fanout.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.Configure<WorkerOptions>(options => options.Serializer = new JsonObjectSerializer(FanoutJson.Options));

builder.Services.AddTelemetry(builder.Configuration);

// Handlers, reducers and sources of your own go here.
builder.Services.AddFanout().AddHashBlob();

var settings = FunctionsSettings.Read(builder.Configuration);
builder.Services.AddAzureSources(settings.Connect());
builder.Services.AddSingleton(services => FunctionsHome.Create(settings, services));
builder.Services.AddHostedService<RequestsOpening>();
builder.Build().Run();
