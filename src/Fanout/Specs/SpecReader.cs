using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fanout.Specs;

/// <summary>
/// Makes a <see cref="RunSpec"/> from JSON (comments and trailing commas are fine), or says everything that is wrong with it.
/// Numbers may be given as text, as flags give them: <c>64</c> or <c>"64"</c>.
/// </summary>
public static class SpecReader
{
    /// <summary>The fields of a spec, for the test that compares them with the schema.</summary>
    internal static readonly string[] Fields = ["$schema", "id", "handler", "source", "flow", "failure", "batch", "results", "onComplete"];

    /// <summary>Reads a spec of at most 2 MiB that nests at most 64 deep.</summary>
    /// <param name="json">The spec.</param>
    /// <param name="registry">The handlers, reducers and sources it may name.</param>
    /// <param name="directory">The full path of the directory that relative paths in the source start from; null (the default): they stay relative.</param>
    /// <exception cref="SpecException">It is not legal; all errors are listed, in the order of the document.</exception>
    public static RunSpec Read(string json, FanoutRegistry registry, string? directory = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(registry);
        using var document = SpecJson.Parse(json);
        var root = new SpecCursor("", document.RootElement, []);
        var spec = SpecJson.Check(root) ? ReadRoot(root, registry, directory) : null;
        if (spec is not null)
            SpecJson.CheckSize(SpecWriter.Write(spec)); // It is stored in this form, which defaults may make longer, and must be readable again.
        return root.Errors.Count == 0 && spec is not null
            ? spec
            : throw new SpecException(DocumentOrder.Sort(root.Errors, document.RootElement));
    }

    /// <inheritdoc cref="Read(string, FanoutRegistry, string?)"/>
    public static RunSpec Read(JsonElement json, FanoutRegistry registry, string? directory = null) =>
        Read(json.GetRawText(), registry, directory);

    /// <inheritdoc cref="Read(string, FanoutRegistry, string?)"/>
    public static RunSpec Read(JsonObject json, FanoutRegistry registry, string? directory = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(json.ToJsonString(), registry, directory);
    }

    private static RunSpec? ReadRoot(SpecCursor cursor, FanoutRegistry registry, string? directory)
    {
        const string Example = "{ \"handler\": { \"name\": \"http\" }, \"source\": { \"kind\": \"jsonl\", \"path\": \"items.jsonl\" } }";
        if (cursor.AsObject(Fields, Example) is not { } root)
            return null;

        _ = root.Find("$schema")?.Text("fanout-spec.schema.json");
        var id = root.Find("id")?.Name("a run's id", "nightly-1");
        var handler = root.Require("handler", "{ \"name\": \"http\", \"options\": { … } }") is { } handlerField
            ? HandlerSpecReader.Read(handlerField, registry)
            : null;
        var source = root.Require("source", "{ \"kind\": \"jsonl\", \"path\": \"items.jsonl\" }") is { } sourceField
            ? SourceSpecReader.Read(sourceField, new SourceReading(registry, directory))
            : null;
        var flow = root.Find("flow") is { } flowField ? FlowSpecReader.Read(flowField) : new FlowSpec();
        var failure = root.Find("failure") is { } failureField ? FailureSpecReader.Read(failureField) : new FailureSpec();
        var batch = root.Find("batch") is { } batchField ? BatchSpecReader.Read(batchField) : new BatchSpec();
        var results = root.Find("results") is { } resultsField ? ResultsSpecReader.Read(resultsField, registry) : new ResultsSpec();
        var onComplete = root.Find("onComplete") is { } onCompleteField ? OnCompleteSpecReader.Read(onCompleteField) : null;
        return handler is null || source is null
            ? null
            : new RunSpec { Id = id, Handler = handler, Source = source, Flow = flow, Failure = failure, Batch = batch, Results = results, OnComplete = onComplete };
    }
}
