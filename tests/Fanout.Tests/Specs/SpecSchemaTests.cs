using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public partial class SpecSchemaTests
{
    private static readonly Dictionary<string, string[]> ReaderFields = new()
    {
        [""] = SpecReader.Fields,
        ["/handler"] = HandlerSpecReader.Fields,
        ["/flow"] = FlowSpecReader.Fields,
        ["/flow/perKey"] = PerKeySpecReader.Fields,
        ["/flow/cost"] = CostSpecReader.Fields,
        ["/failure"] = FailureSpecReader.Fields,
        ["/failure/retry"] = RetrySpecReader.Fields,
        ["/failure/tolerate"] = ToleranceReader.Fields,
        ["/batch"] = BatchSpecReader.Fields,
        ["/results"] = ResultsSpecReader.Fields,
        ["/onComplete"] = OnCompleteSpecReader.Fields,
        ["/onComplete/webhook"] = OnCompleteSpecReader.WebhookFields,
    };

    [Fact]
    public void SchemaAndReader_KnowTheSameFields()
    {
        var documented = SchemaFields.All
            .Where(field => field.SourceKind is null)
            .GroupBy(field => field.Pointer[..field.Pointer.LastIndexOf('/')], field => field.Pointer[(field.Pointer.LastIndexOf('/') + 1)..]);
        foreach (var fields in documented)
            Assert.Equal(ReaderFields[fields.Key], fields);
        Assert.Equal(ReaderFields.Keys.Order(StringComparer.Ordinal), documented.Select(fields => fields.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SchemaAndReader_KnowTheSameSources()
    {
        var documented = SchemaFields.All
            .Where(field => field.SourceKind is not null)
            .GroupBy(field => field.SourceKind!, field => field.Pointer["/source/".Length..]);
        Assert.Equal(SourceSpecReader.FieldsByKind.Keys, documented.Select(fields => fields.Key));
        foreach (var fields in documented)
            Assert.Equal(SourceSpecReader.FieldsByKind[fields.Key], fields);
    }

    [Fact]
    public void EveryObject_TakesNoOtherFields()
    {
        foreach (var field in SchemaFields.All.Where(field => field.Schema.ContainsKey("properties")))
            Assert.False(field.Schema["additionalProperties"]!.GetValue<bool>(), field.ToString());
        Assert.False(SchemaFields.Schema["additionalProperties"]!.GetValue<bool>());
    }

    [Fact]
    public void EveryField_IsDescribed() =>
        Assert.All(SchemaFields.All, field => Assert.EndsWith(".", field.Schema["description"]!.GetValue<string>(), StringComparison.Ordinal));

    [Fact]
    public void EveryExampleAndChoice_IsAccepted()
    {
        foreach (var field in SchemaFields.All)
        {
            var choices = field.Pointer == "/source/kind" ? [] : field.Schema["enum"]?.AsArray() ?? [];
            foreach (var value in (field.Schema["examples"]?.AsArray() ?? []).Concat(choices))
            {
                if (field.Pointer == "/handler/name" && value!.GetValue<string>() == "http")
                    continue; // Needs options.
                Assert.Empty(SpecSamples.ErrorsOf(field.SpecWith(value?.DeepClone())));
            }
        }
    }

    [Fact]
    public void EveryDefault_IsWhatLeavingTheFieldOutMeans()
    {
        var defaults = SchemaFields.All.Where(field => field.Schema.ContainsKey("default")).ToArray();
        Assert.True(defaults.Length > 20);
        foreach (var field in defaults)
        {
            var left = SpecWriter.Write(SpecSamples.Read(field.SpecWithout()));
            var given = SpecWriter.Write(SpecSamples.Read(field.SpecWith(field.Schema["default"]!.DeepClone())));
            Assert.True(left == given, field.ToString());
        }
    }

    [Fact]
    public void EveryRangeOfNumbers_IsTheReaders()
    {
        var ranges = SchemaFields.All.Where(field => field.Schema.ContainsKey("minimum")).ToArray();
        Assert.True(ranges.Length > 15);
        foreach (var field in ranges)
        {
            var step = field.Schema["type"]!.AsArray().Any(type => type!.GetValue<string>() == "integer") ? 1m : 0.0001m;
            var minimum = field.Schema["minimum"]!.GetValue<decimal>();
            AssertBounds(field, minimum, minimum - step);
            if (field.Schema["maximum"]?.GetValue<decimal>() is { } maximum)
                AssertBounds(field, maximum, maximum + step);
        }

        static void AssertBounds(SchemaField field, decimal legal, decimal illegal)
        {
            Assert.Empty(SpecSamples.ErrorsOf(field.SpecWith(legal)));
            Assert.Equal(field.Pointer, Assert.Single(SpecSamples.ErrorsOf(field.SpecWith(illegal))).Pointer);
        }
    }

    [Fact]
    public void EveryRangeOfDurations_IsTheReaders()
    {
        var durations = SchemaFields.All.Where(field => field.Schema["pattern"]?.GetValue<string>() == HumanDuration.Pattern).ToArray();
        Assert.Equal(6, durations.Length);
        foreach (var field in durations)
        {
            var range = DurationRange().Match(field.Schema["description"]!.GetValue<string>());
            Assert.True(range.Success, field.ToString());
            var minimum = HumanDuration.Parse(range.Groups[1].Value);
            var maximum = HumanDuration.Parse(range.Groups[2].Value);
            Assert.Empty(SpecSamples.ErrorsOf(field.SpecWith(range.Groups[1].Value)));
            Assert.Empty(SpecSamples.ErrorsOf(field.SpecWith(range.Groups[2].Value)));
            Assert.Single(SpecSamples.ErrorsOf(field.SpecWith(HumanDuration.Format(maximum + TimeSpan.FromTicks(1)))));
            if (minimum > TimeSpan.Zero)
                Assert.Single(SpecSamples.ErrorsOf(field.SpecWith(HumanDuration.Format(minimum - TimeSpan.FromTicks(1)))));
        }
    }

    [Fact]
    public void EveryPattern_IsTheReaders()
    {
        string[] known =
        [
            HumanDuration.Pattern, Rate.Pattern, HumanSize.Pattern, HumanCount.Pattern, Tolerance.Pattern, CursorText.NamePattern, JsonPointer.Pattern, CostSpecReader.Pattern,
            BlobPath.PathPattern, BlobPath.ContainerPattern,
            OnCompleteSpecReader.UrlPattern, OnCompleteSpecReader.VariablePattern, OnCompleteSpecReader.QueuePattern,
            $"^{HumanNumber.Pattern}$", $"^({HumanNumber.Pattern})( ?%)?$", """^(tab|\\t|[^"\r\n])$""",
        ];
        var used = Patterns(SchemaFields.Schema).ToHashSet();
        Assert.Equal(known.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Patterns(JsonNode? node) => node switch
    {
        JsonObject o => (o["pattern"] is JsonValue pattern ? [pattern.GetValue<string>()] : Enumerable.Empty<string>())
            .Concat(o.SelectMany(property => Patterns(property.Value))),
        JsonArray a => a.SelectMany(Patterns),
        _ => [],
    };

    [GeneratedRegex(@"From (\S+) to ([^ ;]+?)[.;]")]
    private static partial Regex DurationRange();
}
