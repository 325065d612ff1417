using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Tests.Diagnosis;
using Fanout.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema;
using NJsonSchema.Validation;
using Xunit;

namespace Fanout.Server.Tests;

/// <summary>The API's description says what the API does.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private const string Spec = """{"id":"ten","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10},"flow":{"concurrency":2,"rate":"5000/s"},"failure":{"tolerate":{"count":9}}}""";

    private ServerHost _host = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _host = await DoctorRouteTests.StartAsync();
        _document = (await _host.Client.AskAsync("/api/openapi.json")).Is(HttpStatusCode.OK);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void Description_IsOfEveryRoute_AndOfNothingElse()
    {
        Assert.StartsWith("3.1", _document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var described = Operations().Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal);
        Assert.Equal(Routes().Select(route => $"{route.Method} /{route.Pattern}").Order(StringComparer.Ordinal), described);
    }

    [Fact]
    public void Operation_SaysWhatTheTableSays()
    {
        foreach (var route in Routes())
        {
            var operation = Operations().Single(operation => operation.Path == $"/{route.Pattern}" && operation.Method == route.Method).Value;
            Assert.Equal((route.Name, route.Summary), (operation.GetProperty("operationId").GetString(), operation.GetProperty("summary").GetString()));
            var parameters = operation.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : [];
            Assert.All(route.Parameters, parameter => Assert.Contains(parameters, described => described.GetProperty("name").GetString() == parameter.Name));
            Assert.Equal(route.Pattern.Contains('{', StringComparison.Ordinal), parameters.Exists(described => described.GetProperty("in").GetString() == "path"));
            var answers = operation.GetProperty("responses").EnumerateObject().Select(answer => int.Parse(answer.Name, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.All(route.Answers.Select(answer => answer.Status).Concat(route.Problems), status => Assert.Contains(status, answers));
            Assert.Equal(route.Role != ApiRole.Anyone, operation.TryGetProperty("security", out _));
            Assert.Equal(route.Body is not null || route.Name == "upload", operation.TryGetProperty("requestBody", out _));
        }
    }

    [Fact]
    public void References_LeadSomewhere()
    {
        foreach (var reference in References(_document))
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            var at = _document;
            foreach (var name in reference[2..].Split('/'))
                Assert.True(at.TryGetProperty(name, out at), reference);
        }
    }

    [Fact]
    public async Task Answers_AreAsDescribed()
    {
        await CheckAsync("putLimit", HttpMethod.Put, "/api/limits/crm", """{"concurrency":5,"rate":"20/s"}""", HttpStatusCode.OK);
        await CheckAsync("putLimit", HttpMethod.Put, "/api/limits/slots", """{"concurrency":5}""", HttpStatusCode.OK);
        await CheckAsync("getLimit", HttpMethod.Get, "/api/limits/crm", null, HttpStatusCode.OK);
        await CheckAsync("listLimits", HttpMethod.Get, "/api/limits", null, HttpStatusCode.OK);
        await CheckAsync("planRun", HttpMethod.Post, "/api/plan", Spec, HttpStatusCode.OK);
        await CheckAsync("startRun", HttpMethod.Post, "/api/runs", Spec, HttpStatusCode.Accepted);
        await CheckAsync("startRun", HttpMethod.Post, "/api/runs", Spec, HttpStatusCode.OK);
        await CheckAsync("startRun", HttpMethod.Post, "/api/runs", "{}", HttpStatusCode.BadRequest);
        await CheckAsync("changeRun", HttpMethod.Patch, "/api/runs/ten", """{"concurrency":3,"rate":"900/s","weight":2,"tolerate":"5%"}""", HttpStatusCode.OK);
        await CheckAsync("changeRun", HttpMethod.Patch, "/api/runs/none", """{"concurrency":3}""", HttpStatusCode.NotFound);
        await CheckAsync("listRuns", HttpMethod.Get, "/api/runs", null, HttpStatusCode.OK);
        await CheckAsync("cancelRun", HttpMethod.Post, "/api/runs/ten/cancel", null, HttpStatusCode.Accepted);
        await _host.Home.Fanout.Driver.DriveAsync("ten", CancellationToken.None, CancellationToken.None);
        await CheckAsync("cancelRun", HttpMethod.Post, "/api/runs/ten/cancel", null, HttpStatusCode.Conflict);
        await _host.Home.RunAsync(Spec.Replace("\"ten\"", "\"whole\"", StringComparison.Ordinal));
        await CheckAsync("getRun", HttpMethod.Get, "/api/runs/whole", null, HttpStatusCode.OK);
        await CheckAsync("listRuns", HttpMethod.Get, "/api/runs?limit=1", null, HttpStatusCode.OK);
        await CheckAsync("getTree", HttpMethod.Get, "/api/runs/whole/tree", null, HttpStatusCode.OK);
        await CheckAsync("redriveRun", HttpMethod.Post, "/api/runs/whole/redrive", "{}", HttpStatusCode.Accepted);
        await CheckAsync("getCapabilities", HttpMethod.Get, "/api/capabilities", null, HttpStatusCode.OK);
        await CheckAsync("getHealth", HttpMethod.Get, "/api/health", null, HttpStatusCode.OK);
        await CheckAsync("getLive", HttpMethod.Get, "/api/health/live", null, HttpStatusCode.OK);
        await CheckAsync("getDoctor", HttpMethod.Get, "/api/doctor", null, HttpStatusCode.OK);
        await CheckAsync("recordProfile", HttpMethod.Post, "/api/profile", null, HttpStatusCode.NotFound);
        await CheckAsync("stopProfile", HttpMethod.Delete, "/api/profile", null, HttpStatusCode.NotFound);
        await CheckAsync("upload", HttpMethod.Post, "/api/uploads?name=a.txt", "1", HttpStatusCode.Created);
        await CheckAsync("upload", HttpMethod.Post, "/api/uploads?name=a", "1", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bodies_AreTakenAsDescribed()
    {
        Assert.Empty(await ErrorsAsync(new JsonObject { ["$ref"] = "#/components/schemas/RunSpec" }, Spec));
        Assert.NotEmpty(await ErrorsAsync(new JsonObject { ["$ref"] = "#/components/schemas/RunSpec" }, """{"handler":{"name":"odd"}}"""));
    }

    private async Task CheckAsync(string name, HttpMethod method, string path, string? body, HttpStatusCode status)
    {
        var answer = await _host.Client.SendAsync(method, path, body);
        Assert.True(answer.Status == status, $"{name}: {answer.Status} {answer.Text}");
        var operation = Operations().Single(operation => operation.Value.GetProperty("operationId").GetString() == name).Value;
        var content = operation.GetProperty("responses").GetProperty(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)).GetProperty("content");
        var media = content.GetProperty(answer.Content.ContentType!.MediaType!);
        var errors = await ErrorsAsync(JsonNode.Parse(media.GetProperty("schema").GetRawText())!.AsObject(), answer.Text);
        Assert.True(errors.Count == 0, $"{name} {status}: {string.Join("; ", errors)} in {answer.Text}");
    }

    private async Task<IReadOnlyList<string>> ErrorsAsync(JsonObject schema, string json)
    {
        // The schemas refer to each other by their places in the description.
        schema["components"] = JsonNode.Parse(_document.GetProperty("components").GetRawText());
        var read = await JsonSchema.FromJsonAsync(schema.ToJsonString());
        return [.. read.Validate(json).Where(error => error.Kind != ValidationErrorKind.NoAdditionalPropertiesAllowed || error.Path is not "#/components").Select(error => error.ToString())];
    }

    private IEnumerable<(string Path, string Method, JsonElement Value)> Operations() =>
        _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => (path.Name, method.Name.ToUpperInvariant(), method.Value)));

    private List<ApiRoute> Routes() =>
        [.. _host.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>()];

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
