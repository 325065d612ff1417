using Fanout.Specs;
using NJsonSchema;
using Xunit;

namespace Fanout.Tests.Specs;

/// <summary>Whether schema and reader think the same of a document, as far as a schema can say it.</summary>
internal static class SchemaAgreement
{
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(SpecSchema.Text).GetAwaiter().GetResult();

    /// <summary>What only the reader can say: names registered in code, one field against another, and the range of a quantity given as text.</summary>
    private static readonly string[] BeyondSchema =
    [
        "is not a registered ",
        "is longer than \"maxDelay\"",
        "is longer than the slice",
        "is less than \"start\"",
        "is not 1, and with \"ordered\"",
        "makes the range too long",
        "bytes of items",
        "NUL character",
        "goes where requests are always refused",
    ];

    private static readonly string[] RangesOfText =
    [
        "is too small", "is too large", "is too short", "is too long; allowed are 0s", "is too long; allowed are 1", "is too fast", "is too slow",
        "is not a duration", "is not a rate", "is not a whole number", "is not a number", "is not a size", "is not a tolerance", "is not a cost",
    ];

    public static bool SchemaAccepts(string spec) => Schema.Validate(spec).Count == 0;

    public static void AssertSame(string spec)
    {
        var errors = SpecSamples.ErrorsOf(spec);
        var schemaErrors = Schema.Validate(spec);
        if (errors.Count == 0)
            Assert.True(schemaErrors.Count == 0, $"Only the schema refuses {spec}: {string.Join("; ", schemaErrors)}");
        else if (schemaErrors.Count == 0)
            Assert.True(errors.All(IsBeyondSchema), $"Only the reader refuses {spec}: {string.Join("; ", errors)}");
    }

    private static bool IsBeyondSchema(SpecError error) =>
        BeyondSchema.Any(problem => error.Problem.Contains(problem, StringComparison.Ordinal))
        || (IsQuantityText(error.Value) && RangesOfText.Any(problem => error.Problem.StartsWith(problem, StringComparison.Ordinal)))
        || error.Pointer.StartsWith("/handler/options", StringComparison.Ordinal);

    /// <summary>Text that has a quantity's form, which is all a pattern can see.</summary>
    private static bool IsQuantityText(string? value) => value is ['"', >= '0' and <= '9' or '-', ..];
}
