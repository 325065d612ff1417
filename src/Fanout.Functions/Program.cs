using Azure.Core.Serialization;
using Fanout.Functions;
using Fanout.Handlers;
using Fanout.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.Configure<WorkerOptions>(options => options.Serializer = new JsonObjectSerializer(FanoutJson.Options));
builder.Services.AddFanout();
builder.Services.AddSingleton(services => FunctionsHome.Create(builder.Configuration, services));
builder.Build().Run();
