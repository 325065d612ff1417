using System.Reflection;
using Fanout.Api;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Fanout.Functions.Tests;

/// <summary>The app serves the routes there are, to whom they are meant for.</summary>
public sealed class HttpFunctionsTests
{
    private static readonly IReadOnlyList<(string Name, HttpTriggerAttribute Trigger)> Functions =
    [
        .. typeof(HttpFunctions).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
            .Select(method => (
                method.GetCustomAttribute<FunctionAttribute>()!.Name,
                method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).Single(trigger => trigger is not null)!)),
    ];

    [Fact]
    public void EveryRoute_IsAFunctionOfItsNameMethodAndPath() => Assert.Equal(
        ApiRoutes.All.Select(route => (route.Name, Method: route.Method.ToLowerInvariant(), route.Pattern)).Append(("dashboard", "get", "dashboard/{*path}")).Order(),
        Functions.Select(function => (function.Name, Method: function.Trigger.Methods!.Single(), function.Trigger.Route!)).Order());

    [Fact]
    public void EveryRoute_NeedsAKey_ButForHealthAndThePageWithoutData() => Assert.All(
        Functions,
        function => Assert.Equal(
            ApiRoutes.All.FirstOrDefault(route => route.Name == function.Name) is { Role: not ApiRole.Anyone } ? AuthorizationLevel.Function : AuthorizationLevel.Anonymous,
            function.Trigger.AuthLevel));

    [Fact]
    public void EachFunction_HasANameOfItsOwn()
    {
        var names = typeof(HttpFunctions).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name)
            .OfType<string>()
            .ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(35, names.Count);
    }
}
