using Fanout.Api.Answers;
using Fanout.Runs;
using Fanout.Specs;
using Fanout.Views;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Routes;

/// <summary>Answers to requests about the home itself.</summary>
internal static class HomeAnswers
{
    public static Task<IResult> CapabilitiesAsync(ApiCall call) => Task.FromResult<IResult>(new JsonAnswer(call.Home.Capabilities));

    public static Task<IResult> SchemaAsync(ApiCall call) => Task.FromResult<IResult>(TypedResults.Text(SpecSchema.Text, "application/schema+json"));

    public static async Task<IResult> HealthAsync(ApiCall call)
    {
        if (call.Home.CheckHealth is { } check)
            await check(call.Aborted).ConfigureAwait(false);
        else
            await call.Home.Runs.ListAsync(new RunQuery(Limit: 1), call.Aborted).ConfigureAwait(false);
        return new JsonAnswer(new Health("ok", call.Home.Capabilities.Version));
    }
}
