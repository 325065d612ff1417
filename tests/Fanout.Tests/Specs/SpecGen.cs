using System.Text.Json.Nodes;
using CsCheck;

namespace Fanout.Tests.Specs;

/// <summary>Random specs: legal ones, and ones that somebody got wrong.</summary>
internal static class SpecGen
{
    private static readonly Gen<JsonNode?> Names = Gen.String["abcXYZ019._-"].Where(s => s.Length is > 0 and <= 100 && s[0] is not ('.' or '-')).Select(Text);

    private static readonly Gen<JsonNode?> Pointers = Gen.OneOf("", "/", "/tenantId", "/a/0/b", "/a~1b~0c", "/é ").Select(Text);

    private static readonly Gen<JsonNode?> Texts = Gen.String.AlphaNumeric.Where(text => text.Length > 0).Select(Text);

    private static readonly Gen<JsonNode?> Sizes = Gen.OneOf(Counts(1, 64 << 20), Gen.Int[1, 60].Select(n => Text($"{n}MiB")));

    private static Gen<JsonObject> WithoutOnComplete { get; } =
        Gen.Select(Sources(), Gen.Int[0, 1].Select(i => Text(new[] { "echo", "exec" }[i])), Flows(), Failures(), Batches(), Object(("keep", Words("all", "failures", "none")), ("reduce", Words("count", "sum"))), Gen.OneOf(Gen.Const<JsonNode?>(() => null), Names))
            .Select((source, name, flow, failure, batch, results, id) =>
            {
                var spec = new JsonObject { ["handler"] = new JsonObject { ["name"] = name }, ["source"] = source };
                foreach (var (key, section) in new[] { ("flow", flow), ("failure", failure), ("batch", batch), ("results", results) })
                {
                    if (section.Count > 0)
                        spec[key] = section;
                }

                if (id is not null)
                    spec["id"] = id;
                return spec;
            });

    /// <summary>A legal spec.</summary>
    public static Gen<JsonObject> Valid { get; } = Gen.Select(WithoutOnComplete, Gen.Bool, OnCompletes()).Select((spec, present, onComplete) =>
    {
        if (present)
            spec["onComplete"] = onComplete;
        return spec;
    });

    /// <summary>A legal spec with one to three things done to it that may make it illegal.</summary>
    public static Gen<JsonObject> Mutated { get; } =
        Gen.Select(Valid, Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 3], Gen.Int[0, Odd.Length - 1]).Array[1, 3]).Select((spec, changes) =>
        {
            foreach (var (place, how, odd) in changes)
                Mutate(spec, place, how, Odd[odd]);
            return spec;
        });

    private static string[] Odd =>
    [
        "null", "true", "false", "0", "-1", "1", "5", "64", "0.5", "1000000000", "[]", "{}", "[\"a\"]", "[1]", "{\"a\":1}", "\"\"", "\"a\"",
        "\"5\"", "\"-5\"", "\"10s\"", "\"0s\"", "\"400d\"", "\"50/s\"", "\"0/s\"", "\"1e300/s\"", "\"5%\"", "\"500%\"", "\"all\"", "\"1MiB\"", "\"jsonl\"", "\"range\"", "\"1e99\"", "\"/a\"", "\"/a~2\"",
    ];

    private static void Mutate(JsonObject spec, int place, int how, string odd)
    {
        var objects = Objects(spec).ToArray();
        var parent = objects[place % objects.Length];
        if (parent.Count == 0)
            return;
        var (name, value) = parent.ElementAt(place / objects.Length % parent.Count);
        switch (how)
        {
            case 0:
                parent.Remove(name);
                break;
            case 1:
                parent.Remove(name);
                parent[name + "s"] = value?.DeepClone();
                break;
            default:
                parent[name] = JsonNode.Parse(odd);
                break;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonObject root) =>
        root.Select(property => property.Value).OfType<JsonObject>().SelectMany(Objects).Prepend(root);

    private static Gen<JsonObject> Sources() => Gen.OneOf(
        Kind("lines", [("path", Texts)]),
        Kind("jsonl", [("path", Gen.OneOf(Texts, Words("blob://orders/2026/a b.jsonl.gz", "https://crm.blob.core.windows.net/orders/a%20b")))]),
        Kind("json", [("path", Texts)]),
        Kind("csv", [("path", Texts)], ("delimiter", Words(";", "tab", "|")), ("header", Flags())),
        Kind("range", [("start", Counts(-100, 100)), ("end", Counts(100, int.MaxValue))]),
        Kind("inline", [("items", Gen.Int.Array[0, 5].Select(items => (JsonNode?)new JsonArray([.. items.Select(i => (JsonNode)i)])))]),
        Kind("files", [("patterns", Gen.OneOf(Texts, Texts.Array[1, 3].Select(texts => (JsonNode?)new JsonArray(texts))))], ("root", Texts)),
        Kind("blobs", [("container", Words("images", "$web", "a-1", "2026"))], ("prefix", Texts)),
        Kind("redrive", [("run", Names)], ("only", Words("all", "failed", "timedOut", "cancelled")), ("whereError", Texts)),
        Kind("custom", [("name", Words("orders-table"))]));

    private static Gen<JsonObject> Kind(string kind, (string Name, Gen<JsonNode?> Value)[] required, params (string Name, Gen<JsonNode?> Value)[] optional) =>
        Gen.Select(Object([.. optional, ("maxItemBytes", Sizes)]), Required(required)).Select((source, fields) =>
        {
            source["kind"] = kind;
            foreach (var (name, value) in fields)
                source[name] = value;
            return source;
        });

    private static Gen<(string, JsonNode?)[]> Required((string Name, Gen<JsonNode?> Value)[] fields) =>
        fields.Length == 1
            ? fields[0].Value.Select(value => new[] { (fields[0].Name, value) })
            : Gen.Select(fields[0].Value, fields[1].Value).Select((a, b) => new[] { (fields[0].Name, a), (fields[1].Name, b) });

    private static Gen<JsonObject> Flows() => Object(
        ("concurrency", Counts(1, 100_000)),
        ("rate", Gen.Select(Gen.Double[0.001, 10_000], Gen.OneOf("s", "min", "h")).Select((count, unit) => Text($"{(decimal)count}/{unit}"))),
        ("burst", Counts(1, 1_000_000)),
        ("limits", Names.Array[0, 5].Select(names => (JsonNode?)new JsonArray([.. names.DistinctBy(name => name!.GetValue<string>())]))),
        ("weight", Gen.Double[0.001, 1_000].Select(weight => (JsonNode?)weight)),
        ("perKey", PerKeys()),
        ("cost", Gen.OneOf(Counts(1, 100_000), Pointers, Gen.Select(Pointers, Counts(1, 100_000)).Select((pointer, units) => (JsonNode?)new JsonObject { ["pointer"] = pointer, ["default"] = units }))),
        ("adaptive", Flags()))
        .Select(flow =>
        {
            if (!flow.ContainsKey("rate"))
                flow.Remove("burst");
            return flow;
        });

    private static Gen<JsonNode?> PerKeys() => Gen.Select(Pointers, Gen.Int[0, 2], Object(("burst", Counts(1, 1_000_000)), ("concurrency", Counts(1, 100_000)))).Select((key, how, perKey) =>
    {
        perKey["key"] = key;
        if (how == 0)
            perKey["rate"] = "50/s";
        else
            perKey.Remove("burst");
        if (how == 1)
            perKey["concurrency"] = 1;
        if (how == 2)
            perKey.Remove("concurrency");
        perKey["ordered"] = how != 0;
        return (JsonNode?)perKey;
    });

    private static Gen<JsonObject> Failures() =>
        Gen.Select(
            Object(("timeout", Durations(1, 86_400_000)), ("deadline", Durations(1, 30L * 86_400_000)), ("tolerate", Tolerances())),
            Object(("maxAttempts", Counts(1, 100)), ("firstDelay", Durations(0, 60_000)), ("backoff", Gen.Double[1, 10].Select(b => (JsonNode?)b)), ("maxDelay", Durations(60_000, 86_400_000)), ("jitter", Flags())))
            .Select((failure, retry) =>
            {
                if (retry.Count > 0)
                    failure["retry"] = retry;
                return failure;
            });

    private static Gen<JsonObject> Batches() => Object(
        ("slice", Durations(10_000, 300_000)),
        ("maxItems", Counts(1, 1_000_000)),
        ("checkpoint", Durations(10, 10_000)),
        ("dispatch", Words("activity", "queue")),
        ("branches", Counts(1, 256)),
        ("lanes", Counts(1, 4_096)));

    private static Gen<JsonObject> OnCompletes()
    {
        var queues = Gen.Select(Gen.String["ab1"].Where(s => s.Length is > 0 and < 20), Gen.Int[0, 9]).Select((name, number) => Text($"{name}-{number}"));
        var urls = Gen.OneOf("https://example.com", "http://127.0.0.1:8080/a?b=c#d", "HTTPS://É.example/ü").Select(Text);
        return Gen.Select(Gen.Int[0, 2], urls, Gen.Bool, queues).Select((how, url, isSigned, queue) =>
        {
            var onComplete = new JsonObject();
            if (how != 0)
                onComplete["queue"] = queue;
            if (how != 1)
                onComplete["webhook"] = isSigned ? new JsonObject { ["url"] = url, ["secretFrom"] = "WEBHOOK_SECRET" } : new JsonObject { ["url"] = url };
            return onComplete;
        });
    }

    private static Gen<JsonNode?> Tolerances() => Gen.OneOf(
        Counts(0, 1_000),
        Gen.Int[0, 100].Select(percent => Text($"{percent}%")),
        Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 100]).Select((count, percent) => Text($"{count},{percent}%")),
        Gen.Select(Gen.Int[0, 1_000], Gen.Double[0, 100]).Select((count, percent) => (JsonNode?)new JsonObject { ["count"] = count, ["percent"] = percent }));

    /// <summary>An object with any of the fields.</summary>
    private static Gen<JsonObject> Object(params (string Name, Gen<JsonNode?> Value)[] fields) =>
        fields.Aggregate(
            Gen.Const(() => new JsonObject()),
            (all, field) => Gen.Select(all, Gen.Bool, field.Value).Select((o, present, value) =>
            {
                if (present)
                    o[field.Name] = value;
                return o;
            }));

    private static Gen<JsonNode?> Counts(int min, int max) =>
        Gen.Select(Gen.OneOf(Gen.Int[min, max], Gen.Const(min), Gen.Const(max)), Gen.Int[0, 3])
            .Select((count, form) => form == 0 ? Text(HumanCount.Format(count)) : (JsonNode?)count);

    private static Gen<JsonNode?> Durations(long minMilliseconds, long maxMilliseconds) =>
        Gen.Long[minMilliseconds, maxMilliseconds].Select(ms => Text(HumanDuration.Format(TimeSpan.FromMilliseconds(ms))));

    private static Gen<JsonNode?> Words(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => Text(words[i]));

    private static Gen<JsonNode?> Flags() => Gen.Bool.Select(flag => (JsonNode?)flag);

    private static JsonNode? Text(string text) => JsonValue.Create(text);
}
