using System.Text.Json.Serialization;
using Fanout.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Fanout.Server.OpenApi;

/// <summary>The API's description in OpenAPI 3.1, made from the table of routes, and a page that shows it.</summary>
internal static class ApiDescription
{
    /// <summary>Where it is.</summary>
    public const string Path = "/api/openapi.json";

    private const string DocumentName = "fanout";

    public static IServiceCollection AddApiDescription(this IServiceCollection services, string version)
    {
        // As FanoutJson writes: schemas are made from these options.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddSingleton<ApiDocument>();
        return services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().Any();
            options.AddSchemaTransformer(ValueSchemas.DescribeAsync);
            options.AddOperationTransformer(RouteOperations.DescribeAsync);
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document, version);
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Maps the description, and the page below <c>/reference/</c>.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, async (HttpContext http, ApiDocument document) =>
            TypedResults.Bytes(await document.ReadAsync(http.RequestServices).ConfigureAwait(false), "application/json; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/reference/{**path}", (HttpContext http, string? path) =>
            http.Request.Path == "/reference" ? TypedResults.Redirect("/reference/") : ReferencePage.Answer(path)).ExcludeFromDescription();
    }

    private static void Describe(OpenApiDocument document, string version)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Fanout",
            Version = version,
            Description = "Runs one handler over many items: bounded, paced, durable, observable.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [RouteOperations.KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A key made with: fanout key add NAME --role read|operate|admin. None is needed while the home has no keys and only its machine reaches the server.",
            },
        };
    }
}
