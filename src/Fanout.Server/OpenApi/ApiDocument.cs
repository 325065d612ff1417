using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Specs;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Fanout.Server.OpenApi;

/// <summary>The description as it is sent, made when it is first asked for. The schema of specs is the one there is for editors, not one made from types.</summary>
internal sealed class ApiDocument : IDisposable
{
    private const string DocumentName = "fanout";

    private readonly SemaphoreSlim _turn = new(1);
    private volatile byte[]? _document;

    public async ValueTask<byte[]> ReadAsync(IServiceProvider services)
    {
        if (_document is { } made)
            return made;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return _document ??= await MakeAsync(services).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static async Task<byte[]> MakeAsync(IServiceProvider services)
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName);
        var document = await provider.GetOpenApiDocumentAsync().ConfigureAwait(false);
        var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false))!.AsObject();
        var schemas = json["components"]!["schemas"]!.AsObject();
        schemas[nameof(RunSpec)] = SpecSchemaWithoutNames();
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }

    // Inside another document it is no document of its own.
    private static JsonObject SpecSchemaWithoutNames()
    {
        var schema = JsonNode.Parse(SpecSchema.Text)!.AsObject();
        schema.Remove("$schema");
        schema.Remove("$id");
        return schema;
    }
}
