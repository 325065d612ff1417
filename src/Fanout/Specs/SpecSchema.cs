namespace Fanout.Specs;

/// <summary>The JSON Schema (draft 2020-12) of specs, for editors and for other programs that write specs.</summary>
public static class SpecSchema
{
    private const string ResourceName = "Fanout.Specs.fanout-spec.schema.json";

    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>The schema.</summary>
    public static string Text => Loaded.Value;

    private static string Load()
    {
        using var stream = typeof(SpecSchema).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {ResourceName}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
