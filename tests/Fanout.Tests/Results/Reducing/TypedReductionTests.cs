using System.Text;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Reducing;

public sealed class TypedReductionTests
{
    private static readonly TypedReduction<Order, Dictionary<string, long>> ByCountry = new("by-country", new CountryReducer());

    [Fact]
    public void States_FoldMergeAndResultAsJson()
    {
        var left = Fold(null, """{"country":"DE","amount":2}""", """{"country":"FR","amount":1}""");
        var right = Fold(null, """{"country":"DE","amount":40}""");
        Assert.Equal("""{"DE":42,"FR":1}""", ByCountry.Result(ByCountry.Merge(left, right)));
        Assert.Equal("""{"DE":42,"FR":1}""", Fold(left, """{"country":"DE","amount":40}"""));
    }

    [Fact]
    public void SharedZero_IsNotChanged()
    {
        Fold(null, """{"country":"DE","amount":2}""");
        Assert.Equal("{}", ByCountry.Result(null));
        Assert.Equal("{}", ByCountry.Start(null).Save());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"country":null,"amount":1}""")]
    public void OutputTheReducerDoesNotTake_FailsTheItemAndNamesBoth(string output)
    {
        var refused = Assert.Throws<UnreducibleOutputException>(() => Fold(null, output));
        Assert.Equal("UnreducibleOutput", refused.ErrorType);
        Assert.Contains("by-country", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StateThatGrowsWithTheItems_IsRefused()
    {
        var accumulator = ByCountry.Start(null);
        for (var country = 0; country < 10_000; country++)
            accumulator.Add(Encoding.UTF8.GetBytes($$"""{"country":"country {{country}}","amount":1}"""));
        Assert.Contains("65,536", Assert.Throws<InvalidOperationException>(accumulator.Save).Message, StringComparison.Ordinal);
    }

    private static string Fold(string? state, params string[] outputs)
    {
        var accumulator = ByCountry.Start(state);
        foreach (var output in outputs)
            accumulator.Add(Encoding.UTF8.GetBytes(output));
        return accumulator.Save();
    }

    public sealed record Order(string Country, long Amount);

    private sealed class CountryReducer : IReducer<Order, Dictionary<string, long>>
    {
        public Dictionary<string, long> Zero { get; } = [];

        public Dictionary<string, long> Add(Dictionary<string, long> state, Order result)
        {
            state[result.Country] = state.GetValueOrDefault(result.Country) + result.Amount;
            return state;
        }

        public Dictionary<string, long> Merge(Dictionary<string, long> left, Dictionary<string, long> right)
        {
            foreach (var (country, amount) in right)
                left[country] = left.GetValueOrDefault(country) + amount;
            return left;
        }
    }
}
