using System.Globalization;
using Fanout.Api;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fanout.Server.OpenApi;

/// <summary>Describes an operation by what the table says of its route.</summary>
internal static class RouteOperations
{
    /// <summary>The name of how keys are sent.</summary>
    public const string KeyScheme = "key";

    private static readonly int[] ProblemsOfAll = [400, 401, 403, 429, 503];

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [200] = "It is done, or this is it.",
        [201] = "It was made.",
        [202] = "It was accepted, and goes on.",
        [204] = "It is done; there is nothing to say.",
        [304] = "It is still what the client has.",
        [400] = "The request is not legal.",
        [401] = "A key is needed.",
        [403] = "The key may not do this, or the request comes from another web site.",
        [404] = "There is none of this name.",
        [409] = "Its state does not allow it.",
        [412] = "It was changed meanwhile.",
        [413] = "Too large.",
        [415] = "The body is not said to be JSON.",
        [422] = "The source cannot be read.",
        [429] = "Too many requests; Retry-After says when to come again.",
        [503] = "The storage cannot be used now.",
    };

    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().LastOrDefault() is not { } route)
            return;
        operation.OperationId = route.Name;
        operation.Summary = route.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf(route)) };
        operation.Parameters = [.. PathParameters(route), .. route.Parameters.Select(Parameter)];
        operation.RequestBody = await BodyAsync(route, context, cancellationToken).ConfigureAwait(false);
        operation.Responses = await ResponsesAsync(route, context, cancellationToken).ConfigureAwait(false);
        if (route.Role != ApiRole.Anyone)
        {
            operation.Description = $"Needs a key with the role {route.Role.ToString().ToLowerInvariant()}, if keys are needed.";
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
        }
    }

    private static string TagOf(ApiRoute route) => route.Pattern.Split('/') is [_, var tag, ..] ? tag : route.Pattern;

    private static IEnumerable<IOpenApiParameter> PathParameters(ApiRoute route) =>
        route.Pattern.Split('/').Where(part => part.StartsWith('{')).Select(part => (IOpenApiParameter)new OpenApiParameter
        {
            Name = part.Trim('{', '}'),
            In = ParameterLocation.Path,
            Required = true,
            Description = part is "{id}" ? "The run's id." : "The limit's name.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    private static IOpenApiParameter Parameter(ApiParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema { Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String },
    };

    private static async Task<IOpenApiRequestBody?> BodyAsync(ApiRoute route, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (route.Name == "upload")
            return new OpenApiRequestBody { Required = true, Description = "The file.", Content = Media("application/octet-stream", new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }) };
        if (route.Body is not { } type)
            return null;
        var schema = type == typeof(RunSpec)
            ? new OpenApiSchemaReference(nameof(RunSpec), context.Document)
            : await SchemaAsync(type, context, cancellationToken).ConfigureAwait(false);
        return new OpenApiRequestBody { Required = route.Name != "redriveRun", Content = Media("application/json", schema) };
    }

    private static async Task<OpenApiResponses> ResponsesAsync(ApiRoute route, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var responses = new OpenApiResponses();
        foreach (var answer in route.Answers)
        {
            responses[Text(answer.Status)] = new OpenApiResponse
            {
                Description = Meanings[answer.Status],
                Content = answer.Body is { } type ? Media(answer.ContentType, await SchemaAsync(type, context, cancellationToken).ConfigureAwait(false)) : null,
            };
        }

        var problem = await SchemaAsync(typeof(Problem), context, cancellationToken).ConfigureAwait(false);
        foreach (var status in ProblemsOfAll.Concat(route.Problems).Order().Where(status => route.Role != ApiRole.Anyone || status is 429 or 503))
            responses[Text(status)] = new OpenApiResponse { Description = Meanings[status], Content = Media(Problem.ContentType, problem) };
        return responses;
    }

    private static Dictionary<string, OpenApiMediaType> Media(string type, IOpenApiSchema schema) => new() { [type] = new OpenApiMediaType { Schema = schema } };

    // Once, under its name, however many routes answer with it.
    private static async Task<IOpenApiSchema> SchemaAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (type == typeof(string))
            return new OpenApiSchema { Type = JsonSchemaType.String };
        if (type == typeof(System.Text.Json.JsonElement))
            return new OpenApiSchema();
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken).ConfigureAwait(false);
        context.Document!.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, context.Document);
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
