using System.Collections.Immutable;
using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Planning.Costs;

/// <summary>The prices an estimate is made with. The built-in ones are data (<c>prices.json</c>): they age, and are replaced without another release.</summary>
public sealed class PriceList
{
    private const string ResourceName = "Fanout.Planning.Costs.prices.json";

    private static readonly Lazy<PriceList> Loaded = new(() => PriceListReader.Read(ReadResource(), builtIn: null));

    internal PriceList(ImmutableSortedDictionary<string, Price> prices) => ByName = prices;

    /// <summary>The built-in prices.</summary>
    public static PriceList BuiltIn => Loaded.Value;

    /// <summary>All of them, by the names a file uses.</summary>
    public ImmutableSortedDictionary<string, Price> ByName { get; }

    /// <summary>Those that were given in place of the built-in ones, as JSON that <see cref="Read(string)"/> reads; null: none was.</summary>
    public string? GivenJson
    {
        get
        {
            var given = ByName.Where(price => price.Value.Given).ToDictionary(price => price.Key, price => price.Value with { Given = false }, StringComparer.Ordinal);
            return given.Count == 0 ? null : JsonSerializer.Serialize(given, FanoutJson.Options);
        }
    }

    internal Price BlobWrite => ByName["blobWrite"];

    internal Price BlobRead => ByName["blobRead"];

    internal Price QueueOperation => ByName["queueOperation"];

    internal Price TableOperation => ByName["tableOperation"];

    internal Price FunctionsGigabyteSecond => ByName["functionsGigabyteSecond"];

    internal Price FunctionsExecution => ByName["functionsExecution"];

    internal Price SchedulerAction => ByName["schedulerAction"];

    internal Price StateTransition => ByName["stateTransition"];

    internal Price ExpressRequest => ByName["expressRequest"];

    internal Price ExpressGigabyteSecond => ByName["expressGigabyteSecond"];

    /// <summary>The built-in prices with those of a JSON text in their place: <c>{ "queueOperation": { "usd": 0.004, "per": 10000 } }</c>.</summary>
    /// <exception cref="SpecException">The text is not legal; all errors are listed.</exception>
    public static PriceList Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return PriceListReader.Read(json, BuiltIn);
    }

    private static string ReadResource()
    {
        using var stream = typeof(PriceList).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {ResourceName}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
