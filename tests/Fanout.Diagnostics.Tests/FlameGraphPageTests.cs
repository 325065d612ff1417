using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Diagnostics.Stacks;
using Xunit;

namespace Fanout.Diagnostics.Tests;

/// <summary>A profile as a page.</summary>
public sealed partial class FlameGraphPageTests
{
    private const string Hostile = "</script><script>alert(1)</script>&\"'<!--";

    [Fact]
    public void Graph_HasEveryFrameInTheOrderOfAWalk()
    {
        var graph = Graph(Page((["main", "work"], 75), (["main"], 25)));
        Assert.Equal("samples", graph.GetProperty("unit").GetString());
        Assert.Equal(["all", "main", "work"], graph.GetProperty("names").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal([0, 0, 100, 0, 1, 1, 100, 25, 2, 2, 75, 75], graph.GetProperty("nodes").EnumerateArray().Select(figure => figure.GetInt32()));
    }

    [Fact]
    public void AFrameTooNarrowToBeSeen_IsLeftOut_AndItsWeightIsNot()
    {
        var graph = Graph(Page((["wide"], 10_000), (["thin"], 1), (["seen"], 3)));
        Assert.Equal(["all", "wide", "seen"], graph.GetProperty("names").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(10_004, graph.GetProperty("nodes")[2].GetInt32());
    }

    [Fact]
    public void Names_CannotBreakOutOfThePage()
    {
        var page = Page(Hostile, (["main", Hostile], 1));
        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
        Assert.Contains($"<title>{WebUtility.HtmlEncode(Hostile)}</title>", page, StringComparison.Ordinal);
        Assert.Contains(Hostile, Graph(page).GetProperty("names").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void WhatLooksLikeAPlaceToFillIn_IsText() => Assert.Contains("<h1>{{script}}</h1>", Page("{{script}}", (["{{graph}}"], 1)), StringComparison.Ordinal);

    [Fact]
    public void Policy_NamesTheHashesOfThePagesOwnScriptAndStyle()
    {
        var page = Page((["main"], 1));
        var policy = Policy().Match(page).Groups[1].Value;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains($"style-src '{HashOf(Style().Match(page).Groups[1].Value)}'", policy, StringComparison.Ordinal);
        Assert.Contains($"script-src '{HashOf(Script().Match(page).Groups[1].Value)}'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", Regex.Replace(page, "http-equiv", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_SaysWhatMethodsWeigh()
    {
        var page = Page((["main", "work"], 75), (["main"], 25));
        Assert.Contains("<td class=\"number\">75.0%</td><td class=\"number\">75.0%</td><td><button type=\"button\" class=\"method\">work</button>", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">25.0%</td><td class=\"number\">100.0%</td><td><button type=\"button\" class=\"method\">main</button>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyProfile_IsAPage() => Assert.Contains("0 samples in 2.0 s", Page(), StringComparison.Ordinal);

    [Theory]
    [InlineData(ProfileKind.Cpu, 1_204, "1,204 samples")]
    [InlineData(ProfileKind.Cpu, 1, "1 sample")]
    [InlineData(ProfileKind.Alloc, 13_107_200, "12.5 MiB")]
    [InlineData(ProfileKind.Alloc, 512, "512 bytes")]
    [InlineData(ProfileKind.Locks, 3_200_000, "3.2 ms")]
    public void Weight_IsSaidInItsUnit(ProfileKind kind, long weight, string expected) => Assert.Equal(expected, kind.Format(weight));

    [Fact]
    public void Lost_IsSaid()
    {
        var profile = new Profile(ProfileKind.Cpu, new FlameTree(), 5, 1_000, TimeSpan.FromSeconds(2));
        Assert.Contains("1,000 events were lost", FlameGraphPage.About(profile), StringComparison.Ordinal);
    }

    private static string Page(params IEnumerable<(string[] Frames, long Weight)> stacks) => Page("a title", [.. stacks]);

    private static string Page(string title, params (string[] Frames, long Weight)[] stacks)
    {
        var tree = new FlameTree();
        foreach (var (frames, weight) in stacks)
            tree.Add(frames, weight);
        return FlameGraphPage.Create(new Profile(ProfileKind.Cpu, tree, stacks.Length, 0, TimeSpan.FromSeconds(2)), title);
    }

    private static JsonElement Graph(string page) => JsonElement.Parse(Data().Match(page).Groups[1].Value);

    private static string HashOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<script id=\"data\" type=\"application/json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
