namespace ActorMemory.Performance;

/// <summary>
/// Statistics of the most recent records of a key. Ratios are per period: not annualised, no risk-free rate. JSON names are the
/// original's: rolling_sharpe, rolling_sortino, rolling_dd, rolling_win_rate, rolling_volatility, recent_returns.
/// </summary>
/// <param name="Convention">How the numbers were computed.</param>
/// <param name="RollingSharpe">Mean over standard deviation (n - 1), within [-10, 10]; 0 below two finite returns.</param>
/// <param name="RollingSortino">Mean over downside deviation, within [-10, 10]; 0 below two finite returns.</param>
/// <param name="RollingDrawdown">rolling_dd: deepest fall of the compounded returns from their peak, a fraction in [-1, 0].</param>
/// <param name="RollingWinRate">Share of won periods, in [0, 1]; 0.5 without records.</param>
/// <param name="RollingVolatility">Standard deviation (n - 1) of the returns; 0 below two.</param>
/// <param name="RecentReturns">The returns of the window as stored, oldest first; NaN and infinities are among them.</param>
/// <param name="NonFinite">How many of the window's returns are NaN or infinite and were left out.</param>
public sealed record RollingMetrics(
    Convention Convention,
    double RollingSharpe,
    double RollingSortino,
    double RollingDrawdown,
    double RollingWinRate,
    double RollingVolatility,
    ReadOnlyMemory<double> RecentReturns,
    int NonFinite);

/// <summary>
/// Statistics of all retained records of a key. JSON names are the original's: total_records, total_return, avg_return, sharpe,
/// sortino, max_dd, win_rate, volatility.
/// </summary>
/// <param name="Convention">How the numbers were computed.</param>
/// <param name="TotalRecords">The number of retained records.</param>
/// <param name="TotalReturn">The sum of the returns (not compounded).</param>
/// <param name="AverageReturn">avg_return: the mean return.</param>
/// <param name="Sharpe">Mean over standard deviation (n - 1), within [-10, 10]; 0 below two finite returns.</param>
/// <param name="Sortino">Mean over downside deviation, within [-10, 10]; 0 below two finite returns.</param>
/// <param name="MaxDrawdown">max_dd: deepest fall of the compounded returns from their peak, a fraction in [-1, 0].</param>
/// <param name="WinRate">Share of won periods, in [0, 1]; 0.5 without records.</param>
/// <param name="Volatility">Standard deviation (n - 1) of the returns; 0 below two.</param>
/// <param name="NonFinite">How many returns are NaN or infinite and were left out.</param>
public sealed record PerformanceSummary(
    Convention Convention,
    int TotalRecords,
    double TotalReturn,
    double AverageReturn,
    double Sharpe,
    double Sortino,
    double MaxDrawdown,
    double WinRate,
    double Volatility,
    int NonFinite);

/// <summary>
/// What meta-learners are fed with: the 13 features of the original under its JSON names. <see cref="Rolling"/> holds rolling_sharpe,
/// rolling_sortino, rolling_dd and rolling_win_rate, each written as an array of one, over the last 50 records.
/// </summary>
/// <param name="Convention">How the numbers were computed.</param>
/// <param name="Rolling">The rolling metrics of the last 50 records.</param>
/// <param name="RecentReturns">The returns of the last 50 records as stored, oldest first; a single 0 without records.</param>
/// <param name="MetaAccuracy">The mean of the meta-labels of the last 50 records that have one; 0.5 if none has.</param>
/// <param name="WfoSharpe">Of the latest record, as stored; 0 if it has none.</param>
/// <param name="Volatility">Of the latest record, as stored; 0.15 if it has none.</param>
/// <param name="Regime">The regime.</param>
/// <param name="Horizon">The horizon: its decimal digits if <paramref name="HorizonIsNumber"/>, else its text.</param>
/// <param name="HorizonIsNumber">Whether the horizon is a number.</param>
/// <param name="BanditConfidence">The meta-prediction of the latest record, as stored; 0.5 if it has none.</param>
/// <param name="ForecastDispersion">Always 0; the original's placeholder.</param>
/// <param name="CorrelationToEnsemble">Pearson correlation of return and ensemble return over all retained records, in [-1, 1].</param>
/// <param name="NonFinite">How many returns of the last 50 records are NaN or infinite and were left out.</param>
/// <param name="NonFinitePairs">How many pairs were left out of the correlation because one of the two is NaN or infinite.</param>
public sealed record MetaFeatures(
    Convention Convention,
    RollingMetrics Rolling,
    ReadOnlyMemory<double> RecentReturns,
    double MetaAccuracy,
    double WfoSharpe,
    double Volatility,
    string Regime,
    string Horizon,
    bool HorizonIsNumber,
    double BanditConfidence,
    double ForecastDispersion,
    double CorrelationToEnsemble,
    int NonFinite,
    int NonFinitePairs);
