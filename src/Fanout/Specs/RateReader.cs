namespace Fanout.Specs;

/// <summary>Reads <c>rate</c> and <c>burst</c>, which go together wherever they stand.</summary>
internal static class RateReader
{
    /// <summary>Both, or neither; a burst left out is the rate's default.</summary>
    public static (Rate? Rate, int? Burst) Read(ObjectReader fields)
    {
        var rate = fields.Find("rate");
        var burst = fields.Find("burst");
        if (rate is null)
            burst?.Refuse("needs a rate, and none is given.", "Give \"rate\" too, such as \"50/s\", or leave \"burst\" out.");
        var given = rate?.Rate();
        return (given, burst?.Count(1, 1_000_000, "starts at once") ?? (given is null ? null : FlowSpec.DefaultBurst(given)));
    }
}
